// Package budget bounds what the templates of an operator cost.
//
// Package text/template runs whatever a template says: loops without end, recursion, and functions
// that make a gigabyte of one line. A Budget counts work instead of time, so that the same template
// with the same document always ends the same way on every machine. Instrument puts the checks into
// the parsed templates, Functions into the functions that they call, and Writer bounds their output.
package budget

import (
	"fmt"
	"io"
)

// The limits. docs/templates.md lists them.
const (
	// Work is how many units of work the templates may do: an executed action is a few, and so are
	// 16 bytes that a function reads or makes. PerEntry are added for each entry of the document.
	Work     = 2_000_000
	PerEntry = 32
	// LargestValue is how many bytes a single value may have.
	LargestValue = 1 << 20
	// Output is how many bytes templates may print. A plan holds some 20 times as much.
	Output = 4 << 20
	// Depth is how deep blocks may call blocks.
	Depth = 100
	// Nesting is how deep lists and dictionaries may be nested.
	Nesting = 64
)

// unit is how many bytes of a value are one unit of work.
const unit = 16

// Exceeded is the error of a template that exceeds a limit.
type Exceeded struct {
	// Place is FILE:LINE:COLUMN of the action, "" where only package template knows it.
	Place string
	// Function is the function that was called, "" for none.
	Function string
	text     string
}

func (e *Exceeded) Error() string {
	text := e.text
	for _, part := range []string{e.Function, e.Place} {
		if part != "" {
			text = part + ": " + text
		}
	}
	return text
}

// Budget is what one execution of the templates may still spend.
type Budget struct {
	left int
	// entries is the size of the document.
	entries int
	depth   int
	// place is where the last checked action is.
	place string
}

// New returns the budget for a document of so many entries.
func New(entries int) *Budget {
	return &Budget{left: Work + PerEntry*entries, entries: entries}
}

// spend takes units of work from the budget. It panics with an error, which package template returns
// from the function that is being called.
func (b *Budget) spend(units int) {
	if units < 0 || units > b.left {
		b.left = 0
		panic(&Exceeded{text: "the templates do more work than is allowed (docs/templates.md, limits)"})
	}
	b.left -= units
}

// value takes what a value of so many bytes costs from the budget, and panics if it is too large.
func (b *Budget) value(bytes int) {
	if bytes < 0 || bytes > LargestValue {
		panic(&Exceeded{text: fmt.Sprintf("a value of more than %d bytes", LargestValue)})
	}
	b.spend(bytes / unit)
}

// Writer returns a writer that fails after limit bytes. b may be nil.
func Writer(w io.Writer, limit int, b *Budget) io.Writer { return &writer{w, limit, limit, b} }

type writer struct {
	w           io.Writer
	limit, left int
	b           *Budget
}

func (w *writer) Write(p []byte) (int, error) {
	if len(p) > w.left {
		err := &Exceeded{text: fmt.Sprintf("frr.conf has more than %d bytes", w.limit)}
		if w.b != nil {
			err.Place = w.b.place
		}
		return 0, err
	}
	w.left -= len(p)
	return w.w.Write(p)
}
