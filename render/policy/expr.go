package policy

import (
	"errors"
	"regexp/syntax"
	"slices"
	"strings"
)

// GoBGP searches a string for a Go regular expression, one community at a
// time. FRR searches all communities at once, in a string of its own making,
// for a POSIX one. So an expression is not copied but understood: it becomes an
// expr over the few characters that such a string can have, which matches the
// whole string, has no anchors left, and is printed as POSIX can read it.

// alphabet are the characters of AS paths and communities. A set of them is a
// bit mask.
const alphabet = "0123456789:., {}()[]"

type charset uint32

func chars(s string) charset {
	var set charset
	for i := range len(s) {
		if n := strings.IndexByte(alphabet, s[i]); n >= 0 {
			set |= 1 << n
		}
	}
	return set
}

// The characters of each kind of string.
var (
	pathChars      = chars("0123456789 ,{}()[]")
	communityChars = chars("0123456789:")
	extChars       = chars("0123456789:.")
)

type op int

const (
	opNever op = iota // matches nothing
	opEmpty           // matches the empty string
	opBegin           // matches the empty string where the text begins
	opEnd             // matches the empty string where the text ends
	opChars
	opCat
	opAlt
	opStar
	opTooBig // is not worth the time it takes
)

// expr is a regular expression.
type expr struct {
	op   op
	set  charset
	a, b *expr
	size int // of the tree: what is shared counts as often as it is reached
	// anchored reports whether there is an opBegin in it.
	anchored bool
}

// maxSize bounds the work on an expression.
const maxSize = 2000

var (
	never = &expr{op: opNever}
	empty = &expr{op: opEmpty}
	begin = &expr{op: opBegin, anchored: true}
	end   = &expr{op: opEnd}

	tooBig = &expr{op: opTooBig}
)

// join makes an expression of one or two others.
func (w *work) join(o op, a, b *expr) *expr {
	e := &expr{op: o, a: a, b: b, size: a.size + 1, anchored: a.anchored}
	if b != nil {
		e.size += b.size
		e.anchored = a.anchored || b.anchored
	}
	if a == tooBig || b == tooBig || e.size > maxSize || !w.expression() {
		return tooBig
	}
	return e
}

func one(set charset) *expr {
	if set == 0 {
		return never
	}
	return &expr{op: opChars, set: set, size: 1}
}

func (w *work) cat(a, b *expr) *expr {
	switch {
	case a.op == opNever || b.op == opNever:
		return never
	case a.op == opEmpty:
		return b
	case b.op == opEmpty:
		return a
	case a.op == opCat:
		return w.cat(a.a, w.cat(a.b, b))
	case sameStar(a, b) || b.op == opCat && sameStar(a, b.a):
		return b
	case isStarOf(a, b):
		return w.join(opCat, b, a)
	}
	return w.join(opCat, a, b)
}

// sameStar reports whether both are any number of characters of one set, of which
// one says as much as two.
func sameStar(a, b *expr) bool {
	return a.op == opStar && b.op == opStar && (a.a == b.a || a.a.op == opChars && b.a.op == opChars && a.a.set == b.a.set)
}

// isStarOf reports whether a is any number of b's, and b one character.
func isStarOf(a, b *expr) bool {
	return a.op == opStar && b.op == opChars && a.a.op == opChars && a.a.set == b.set
}

func (w *work) alt(a, b *expr) *expr {
	switch {
	case a.op == opNever || a == b || isAny(b, pathChars):
		return b
	case b.op == opNever || isAny(a, pathChars):
		return a
	case a.op == opEmpty && b.op == opCat && isStarOf(b.b, b.a):
		return b.b
	case b.op == opEmpty && a.op == opCat && isStarOf(a.b, a.a):
		return a.b
	case a.op == opChars && b.op == opChars:
		return one(a.set | b.set)
	case a.op == opEmpty && b.op == opStar:
		return b
	case a.op == opStar && b.op == opEmpty:
		return a
	}
	return w.join(opAlt, a, b)
}

func (w *work) star(a *expr) *expr {
	switch a.op {
	case opNever, opEmpty:
		return empty
	case opStar:
		return a
	}
	return w.join(opStar, a, nil)
}

// parse reads a Go regular expression over strings of the given characters.
func (w *work) parse(s string, of charset) (*expr, error) {
	if classes := unicodeClasses(s); classes > 0 {
		w.expressions -= classes * unicodeClass
	}
	if w.expressions < 0 {
		return nil, errTooMuch
	}
	re, err := read(s)
	if err != nil {
		return nil, err
	}
	w.expressions -= nodes(re)
	if w.expressions < 0 {
		return nil, errTooMuch
	}
	return w.fromGo(re.Simplify(), of)
}

// read reads a Go regular expression. It returns errTooLong for one that is not
// worth writing out: 18 kB of 0{999}1{999}… take half a gigabyte.
func read(s string) (*syntax.Regexp, error) {
	if len(s) > maxExpression || unicodeClasses(s) > mostUnicodeClasses {
		return nil, errTooLong
	}
	re, err := syntax.Parse(s, syntax.Perl)
	if err == nil && nodes(re) > mostParsed {
		err = errTooLong
	}
	return re, err
}

// A class such as \pL has hundreds of ranges of characters, none of which is in
// the texts that expressions are for.
const (
	mostUnicodeClasses = 32
	unicodeClass       = 3000 // nodes that one costs as much as
)

func unicodeClasses(s string) int { return strings.Count(s, `\p`) + strings.Count(s, `\P`) }

// nodes is how many nodes an expression has when its repetitions are written
// out, or any number greater than mostParsed.
func nodes(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n = min(n+nodes(sub), mostParsed+1)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max) + 1
	}
	return min(n, mostParsed+1)
}

var (
	errTooLong  = errors.New("is too long or too complicated for a line of FRR's: split it into several members")
	errWordEdge = errors.New(`uses \b or \B, which FRR's expressions do not know: name the characters beside it`)
)

// fromGo translates the syntax tree. Whether a repetition is greedy makes no
// difference to whether there is a match.
func (w *work) fromGo(re *syntax.Regexp, of charset) (*expr, error) {
	var sub []*expr
	for _, r := range re.Sub {
		e, err := w.fromGo(r, of)
		if err != nil {
			return nil, err
		}
		sub = append(sub, e)
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return never, nil
	case syntax.OpEmptyMatch:
		return empty, nil
	case syntax.OpLiteral:
		e := empty
		for _, r := range slices.Backward(re.Rune) {
			if r > 127 {
				return never, nil
			}
			e = w.cat(one(chars(string(r))&of), e)
		}
		return e, nil
	case syntax.OpCharClass:
		var set charset
		for i := range len(alphabet) {
			for j := 0; j < len(re.Rune); j += 2 {
				if c := rune(alphabet[i]); re.Rune[j] <= c && c <= re.Rune[j+1] {
					set |= 1 << i
				}
			}
		}
		return one(set & of), nil
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return one(of), nil
	case syntax.OpBeginLine, syntax.OpBeginText:
		return begin, nil
	case syntax.OpEndLine, syntax.OpEndText:
		return end, nil
	case syntax.OpCapture:
		return sub[0], nil
	case syntax.OpStar:
		return w.star(sub[0]), nil
	case syntax.OpPlus:
		return w.cat(sub[0], w.star(sub[0])), nil
	case syntax.OpQuest:
		return w.alt(sub[0], empty), nil
	case syntax.OpConcat:
		e := empty
		for _, s := range slices.Backward(sub) {
			e = w.cat(s, e)
		}
		return e, nil
	case syntax.OpAlternate:
		e := never
		for _, s := range sub {
			e = w.alt(e, s)
		}
		return e, nil
	}
	return nil, errWordEdge
}
