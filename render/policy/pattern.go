package policy

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// readPattern translates a regular expression for communities, and returns the
// lines of an expanded list that together match the same.
func (w *work) readPattern(kind, raw string) ([]string, error) {
	if len(raw) > maxExpression {
		return nil, errTooLong
	}
	of, display := communityChars, ""
	pattern := raw
	switch kind {
	case largeSet:
		if threeNumbersInside.MatchString(raw) { // as GoBGP does
			pattern = "^" + raw + "$"
		}
	case extSet:
		k, value, err := extKind(raw)
		if err != nil {
			return nil, err
		}
		of, display, pattern = extChars, extDisplay[k]+":", value
	}
	e, err := w.parse(pattern, of)
	if invalid(err) {
		return nil, errors.New("is neither a value nor a regular expression: " + err.Error())
	}
	if err != nil {
		return nil, err
	}
	e = w.whole(e, of)
	if w.expressions < 0 {
		return nil, errTooMuch
	}
	if kind == communitySet && isAny(e, of) {
		return []string{"."}, nil
	}
	if w.emptyPart(e) == empty { // no community is the empty string, but a route without any is
		e = w.nonEmpty(e)
	}
	var lines []string
	if e != never {
		expression, err := e.posix(of, elementBegins+display, elementEnds, false)
		if err != nil {
			return nil, err
		}
		lines = append(lines, expression)
	}
	if kind == communitySet {
		// GoBGP's expressions see numbers where FRR's see names.
		search, err := regexp.Compile(pattern)
		if err != nil {
			return nil, err
		}
		for value, name := range wellKnown {
			if search.MatchString(communityNumbers(value)) {
				lines = append(lines, element(name))
			}
		}
	}
	if len(lines) == 0 {
		return nil, errors.New("matches no value: they are of digits and colons, and no well-known name is like it")
	}
	return lines, nil
}

var threeNumbersInside = regexp.MustCompile(`[0-9]+:[0-9]+:[0-9]+`)

// asPath is a member of an AS path set.
type asPath struct {
	raw   string
	whole *expr
}

// invalid reports whether an error says that a text is no regular expression.
func invalid(err error) bool {
	var wrong *syntax.Error
	return errors.As(err, &wrong)
}

// separator is what _ stands for in an expression for AS paths, in GoBGP as in
// FRR (bgp_regcomp).
const separator = "(^|[,{}() ]|$)"

func (w *work) readPath(raw string) (asPath, error) {
	if len(raw) > maxExpression {
		return asPath{}, errTooLong
	}
	pattern := strings.ReplaceAll(raw, "_", separator)
	e, err := w.parse(pattern, pathChars)
	if invalid(err) {
		return asPath{}, errors.New("is not a regular expression: " + err.Error())
	}
	if err != nil {
		return asPath{}, err
	}
	p := asPath{raw, w.whole(e, pathChars)}
	if w.expressions < 0 {
		return asPath{}, errTooMuch
	}
	if p.whole == never {
		return asPath{}, errors.New("matches no AS path")
	}
	_, _, err = w.line(p, 0)
	if err == nil {
		_, _, err = w.line(p, 4200000000)
	}
	return p, err
}

// lineKey and lineResult are the question and the answer of line.
type (
	lineKey struct {
		raw string
		own uint32
	}
	lineResult struct {
		expression string
		constant   *bool
		err        error
	}
)

// line is that of work, once for each AS number.
func (p *Policies) line(path asPath, own uint32) (expression string, constant *bool, err error) {
	key := lineKey{path.raw, own}
	known, ok := p.lines[key]
	if !ok {
		known.expression, known.constant, known.err = p.work.line(path, own)
		p.lines[key] = known
	}
	return known.expression, known.constant, known.err
}

var singleAS = regexp.MustCompile(`^([_^])([0-9]+)([_$])$`)

// line is the expression for FRR, in which the AS path begins with own AS
// numbers only when it has left the node; or, where that decides it, whether
// the path matches. own is the number that will be in front, 0 for none.
func (w *work) line(p asPath, own uint32) (expression string, constant *bool, err error) {
	yes, no := true, false
	e := p.whole
	if own != 0 {
		if s := singleAS.FindStringSubmatch(p.raw); s != nil && s[2] != strconv.FormatUint(uint64(own), 10) && s[1] == "_" {
			own = 0 // it asks for another AS, anywhere or at the end
		}
	}
	if own != 0 {
		rest := w.after(e, strconv.FormatUint(uint64(own), 10))
		e = w.derivative(rest, chars(" "))
		if w.emptyPart(rest) == empty {
			e = w.alt(empty, e)
		}
		if w.expressions < 0 {
			return "", nil, errTooMuch
		}
	}
	switch {
	case e == never:
		return "", &no, nil
	case isAny(e, pathChars):
		return "", &yes, nil
	case own == 0 && plain(p.raw):
		return p.raw, nil, nil
	}
	expression, err = e.posix(pathChars, "^", "$", true)
	return expression, nil, err
}

// plain reports whether an expression means to FRR what it means to GoBGP, letter
// by letter.
func plain(s string) bool {
	const letters = "0123456789_^$.*+?()|[]-"
	if strings.Trim(s, letters) != "" || !strings.ContainsAny(s, "0123456789^$") {
		return false
	}
	bracket := false
	for i := range len(s) {
		if strings.IndexByte(letters, s[i]) < 0 {
			return false
		}
		previous := byte('(')
		if i > 0 {
			previous = s[i-1]
		}
		switch s[i] {
		case '[':
			if bracket || i+1 < len(s) && s[i+1] == ']' {
				return false
			}
			bracket = true
		case ']':
			bracket = false
		case '_', '(', '$', '.', '+':
			if bracket {
				return false
			}
		}
		switch s[i] {
		case '*', '+', '?':
			// Repeated repetitions, assertions and nothings.
			if strings.IndexByte("*+?^$_(|", previous) >= 0 {
				return false
			}
		case '|', ')':
			if previous == '(' || previous == '|' || i+1 == len(s) && s[i] == '|' {
				return false
			}
		}
	}
	return true
}
