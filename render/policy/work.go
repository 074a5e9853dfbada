package policy

import "errors"

// work bounds what is spent on the expressions and policies of one
// configuration. An object that the API server accepts may hold as much as a
// megabyte of either; what is spent on it must not depend on who wrote it.
type work struct {
	// expressions is how many nodes of expressions may yet be visited or made.
	expressions int
	// entries is how many statements, conditions, entries of route maps and
	// lines of lists may yet be compiled.
	entries int
	// judgements is how many conditions may yet be looked at to find out what
	// route maps can permit.
	judgements int
	// pause is called before each member of a set is read; nil for nothing.
	pause func()
}

// The sizes: about half a second each. A node with 64 neighbors, each with its
// own policies of 100 statements, needs a tenth.
const (
	mostExpressions = 6_000_000
	mostEntries     = 500_000
	mostJudgements  = 500_000
	// mostProblems is how many problems are collected. The rest are counted
	// by nobody: whoever corrects these sees the next.
	mostProblems = 1000
	// mostParsed is how many nodes an expression may have after its
	// repetitions are written out. One that is rendered has at most maxSize.
	mostParsed = 20_000
)

func newWork() *work {
	return &work{expressions: mostExpressions, entries: mostEntries, judgements: mostJudgements}
}

// expression reports whether another node of an expression can be afforded.
func (w *work) expression() bool {
	w.expressions--
	return w.expressions >= 0
}

// entry reports whether n more entries can be afforded.
func (w *work) entry(n int) bool {
	w.entries -= n
	return w.entries >= 0
}

// judgement reports whether n more conditions can be looked at.
func (w *work) judgement(n int) bool {
	w.judgements -= n
	return w.judgements >= 0
}

var (
	errTooMuch = errors.New("is more than can be compiled: the regular expressions of the configuration together are too complicated")
	// tooManyEntries is the text of a Problem.
	tooManyEntries = "is more than can be compiled: the policies of all sessions together have too many statements, conditions and members"
)
