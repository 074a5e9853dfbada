package main

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/k8frr/k8frr/status/view"
)

// More colors, as terminals know them (ECMA-48, SGR).
const (
	dim     = "2"
	boldRed = "1;31"
)

// page is what is printed: tables and sentences that fit a width.
type page struct {
	bytes.Buffer
	palette
	// width is how many columns there are; 0 if that does not matter.
	width int
	wide  bool
	now   time.Time
}

// newPage makes a page for a writer: as wide as the terminal, or as COLUMNS
// says, or else without a limit, so that a line can be found by grep.
func newPage(to io.Writer, now time.Time, wide bool) *page {
	p := &page{palette: palette{on: colors(to)}, now: now, wide: wide}
	if f, ok := to.(*os.File); ok && isTerminal(f) {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			p.width = columns
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 && p.width == 0 {
		p.width = n
	}
	return p
}

// line prints a line.
func (p *page) line(parts ...string) {
	p.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.WriteByte('\n')
}

// say prints sentences under each other's beginning, indented, in a color.
func (p *page) say(indent int, color, text string) {
	for _, line := range wrap(text, p.width, indent) {
		p.line(strings.Repeat(" ", indent), p.paint(color, line))
	}
}

// field prints a name and what stands for it.
func (p *page) field(name, color, text string) {
	const indent = 11
	for i, line := range wrap(text, p.width, indent) {
		if i > 0 {
			name = ""
		}
		p.line(p.paint(bold, name+strings.Repeat(" ", max(1, indent-len(name)))), p.paint(color, line))
	}
}

// head prints a heading, after an empty line if it is not the first.
func (p *page) head(text string) {
	if p.Len() > 0 {
		p.line()
	}
	p.line(p.paint(bold, text))
}

// wrap breaks a text into lines that fit beside an indentation.
func wrap(text string, width, indent int) []string {
	if width == 0 {
		return []string{text}
	}
	return strings.Split(ansi.Wrap(text, max(20, width-indent), ""), "\n")
}

// ago is how long ago something was, or that it never was.
func (p *page) ago(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return view.Age(p.now.Sub(*t)) + " ago"
}
