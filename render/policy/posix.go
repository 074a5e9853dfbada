package policy

import "strings"

// Lengths in bytes, of which FRR's line has at most 4,000, and in words, of
// which it has at most 255 (CMD_ARGC_MAX) with those of the command itself.
const (
	maxExpression = 512
	maxPrinted    = 3000
	maxWords      = 240
)

// posix prints the expression, which has no anchors, as a POSIX extended one
// that matches whole strings of the given characters when it is bounded by left
// and right: ^ and $, or what separates one community from another. An
// expression that begins or ends with anything drops the bound if it may.
//
// A blank stands in brackets, so that FRR never sees one after a |, where it
// would cut the line.
func (e *expr) posix(of charset, left, right string, open bool) (string, error) {
	if e == tooBig {
		return "", errTooLong
	}
	parts := flatten(e)
	if open && len(parts) > 1 && isAny(parts[0], of) {
		parts, left = parts[1:], ""
	}
	if open && len(parts) > 1 && isAny(parts[len(parts)-1], of) {
		parts, right = parts[:len(parts)-1], ""
	}
	p := printer{of: of}
	p.parts(parts, left != "" || right != "")
	if p.tooLong {
		return "", errTooLong
	}
	return left + p.out.String() + right, nil
}

func flatten(e *expr) []*expr {
	var parts []*expr
	for ; e.op == opCat; e = e.b {
		parts = append(parts, e.a)
	}
	return append(parts, e)
}

func isAny(e *expr, of charset) bool { return e.op == opStar && e.a.op == opChars && e.a.set == of }

type printer struct {
	of      charset
	out     strings.Builder
	tooLong bool
}

func (p *printer) text(s string) {
	p.tooLong = p.tooLong || p.out.Len()+len(s) > maxPrinted
	if !p.tooLong {
		p.out.WriteString(s)
	}
}

// parts prints a sequence; in brackets if it is an alternative with neighbors.
func (p *printer) parts(parts []*expr, bounded bool) {
	for i := 0; i < len(parts) && !p.tooLong; i++ {
		e := parts[i]
		if i+1 < len(parts) && parts[i+1].op == opStar && (parts[i+1].a == e || isStarOf(parts[i+1], e)) {
			p.repeated(e, "+")
			i++
			continue
		}
		p.expr(e, bounded || len(parts) > 1)
	}
}

func (p *printer) expr(e *expr, bounded bool) {
	if p.tooLong {
		return
	}
	switch e.op {
	case opChars:
		p.text(class(e.set, p.of))
	case opStar:
		p.repeated(e.a, "*")
	case opCat:
		p.parts(flatten(e), true)
	case opAlt:
		if e.a.op == opEmpty {
			p.repeated(e.b, "?")
			return
		}
		if e.b.op == opEmpty {
			p.repeated(e.a, "?")
			return
		}
		if bounded {
			p.text("(")
		}
		p.expr(e.a, false)
		p.text("|")
		p.expr(e.b, false)
		if bounded {
			p.text(")")
		}
	}
}

func (p *printer) repeated(e *expr, times string) {
	if e.op == opChars {
		p.text(class(e.set, p.of) + times)
		return
	}
	p.text("(")
	p.expr(e, false)
	p.text(")" + times)
}

// class prints a set of characters.
func class(set, of charset) string {
	if set == of && of == pathChars {
		return "."
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(alphabet); i++ {
		if set&(1<<i) == 0 {
			continue
		}
		n++
		// A bracket that closes comes first, one that opens last: there it
		// is neither the end of the class nor the beginning of [: :].
		if c := alphabet[i]; c != ']' && c != '[' {
			last := i
			for last+1 < 10 && set&(1<<(last+1)) != 0 {
				last++
			}
			b.WriteByte(c)
			if last > i+1 {
				b.WriteByte('-')
			}
			if last > i {
				b.WriteByte(alphabet[last])
				n++
			}
			i = last
		}
	}
	inside := b.String()
	if n == 1 && len(inside) == 1 && inside >= "0" && inside <= "9" || inside == ":" || inside == "," {
		return inside
	}
	if set&chars("]") != 0 {
		inside = "]" + inside
	}
	if set&chars("[") != 0 {
		inside += "["
	}
	return "[" + inside + "]"
}
