package budget

import (
	"fmt"
	"math"
	"reflect"
	"regexp/syntax"
	"strings"
)

// growing has the functions whose work or result can be much larger than their arguments.
var growing = map[string]cost{
	"repeat": func(b *Budget, a []reflect.Value) { b.value(times(number64(a[0]), a[1].Len())) },
	"indent": indent, "nindent": indent,
	"replace": func(b *Budget, a []reflect.Value) {
		inputs(b, a)
		b.value(a[2].Len() + times(strings.Count(a[2].String(), a[0].String()), a[1].Len()))
	},
	"join": func(b *Budget, a []reflect.Value) {
		inputs(b, a)
		b.value(b.size(a[1]) + times(length(a[1]), a[0].Len()))
	},
	"wrap": func(b *Budget, a []reflect.Value) { b.value(wrapped(a[0], 1, a[1])) },
	"wrapWith": func(b *Budget, a []reflect.Value) {
		b.value(wrapped(a[0], a[1].Len(), a[2]))
	},
	"split":     func(b *Budget, a []reflect.Value) { pieces(b, a[0], a[1], 8*unit) },
	"splitList": func(b *Budget, a []reflect.Value) { pieces(b, a[0], a[1], unit) },
	"splitn":    func(b *Budget, a []reflect.Value) { pieces(b, a[0], a[2], 8*unit) },
	"until":     func(b *Budget, a []reflect.Value) { b.value(times(number64(a[0]), unit)) },
	"untilStep": func(b *Budget, a []reflect.Value) { count(b, a[0], a[1], a[2]) },
	"seq": func(b *Budget, a []reflect.Value) {
		switch len(a) {
		case 1:
			count(b, reflect.ValueOf(1), a[0], reflect.ValueOf(1))
		case 2:
			count(b, a[0], a[1], reflect.ValueOf(1))
		case 3:
			count(b, a[0], a[2], a[1])
		}
	},
	"set":    set,
	"printf": printf,
	"uniq":   pairs, "mustUniq": pairs, "without": pairs, "mustWithout": pairs,
	"addf": decimals, "subf": decimals, "mulf": decimals, "divf": decimals,
	"semver": short, "semverCompare": short,
	"regexMatch": search, "mustRegexMatch": search, "regexFind": search, "mustRegexFind": search,
	"regexFindAll": searches, "mustRegexFindAll": searches, "regexSplit": searches, "mustRegexSplit": searches,
	"regexReplaceAll": substitute, "mustRegexReplaceAll": substitute,
	"regexReplaceAllLiteral": substitute, "mustRegexReplaceAllLiteral": substitute,
}

// farthest is larger than any number that makes sense, and small enough to be added to itself.
const farthest = 1 << 40

// number64 returns an argument of the type int, without sign.
func number64(v reflect.Value) int {
	n := v.Int()
	switch {
	case n < -farthest || n > farthest:
		return farthest
	case n < 0:
		n = -n
	}
	return int(n)
}

// times returns the product of two numbers, or farthest.
func times(n, m int) int {
	if m != 0 && n > farthest/m {
		return farthest
	}
	return n * m
}

func length(v reflect.Value) int {
	if v = indirect(v); v.IsValid() && (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) {
		return v.Len()
	}
	return 1
}

func indent(b *Budget, a []reflect.Value) {
	b.value(a[1].Len() + times(1+strings.Count(a[1].String(), "\n"), number64(a[0])))
}

func wrapped(width reflect.Value, separator int, text reflect.Value) int {
	return text.Len() + times(1+text.Len()/max(1, number64(width)), max(1, separator))
}

// pieces is for a text that is split, into values of so many bytes besides their text.
func pieces(b *Budget, separator, text reflect.Value, each int) {
	b.value(text.Len() + times(1+strings.Count(text.String(), separator.String()), each))
}

// count is for a list of numbers.
func count(b *Budget, from, to, step reflect.Value) {
	if number64(from) == farthest || number64(to) == farthest || number64(step) == farthest {
		b.value(farthest) // FRR knows no such number, and sums of it overflow
	}
	if step.Int() != 0 {
		n := to.Int() - from.Int()
		b.value(times(int(max(n, -n))/number64(step)+2, unit))
	}
}

// set refuses a dictionary that would contain itself.
func set(b *Budget, a []reflect.Value) {
	inputs(b, a[1:])
	if reaches(a[2], a[0]) {
		panic(&Exceeded{text: "a dictionary that contains itself"})
	}
	b.spend(4)
}

// printf is bounded by its verbs, each of which may print the largest argument, and by the widths and
// precisions, which package fmt takes up to a million.
func printf(b *Budget, a []reflect.Value) {
	format, largest := a[0].String(), 0
	for _, v := range a[1:] {
		largest = max(largest, b.size(v))
	}
	if strings.Contains(format, "*") {
		panic(&Exceeded{text: "printf with * in its format"})
	}
	number := 0
	for _, c := range format {
		if number = 10*number + int(c-'0'); c < '0' || c > '9' {
			number = 0
		} else if number > 1000 {
			panic(&Exceeded{text: "printf with a number above 1000 in its format"})
		}
	}
	verbs := strings.Count(format, "%")
	b.value(len(format) + times(verbs, largest))
	b.spend(times(verbs, 1000) / unit)
}

// pairs is for functions that compare each member of a list with each of another.
func pairs(b *Budget, a []reflect.Value) {
	inputs(b, a)
	n := max(length(a[0]), len(a)-1)
	b.spend(times(n, b.size(a[0])/unit) / 4)
}

// decimals is for functions that calculate with all digits.
func decimals(b *Budget, a []reflect.Value) {
	if len(a) > 64 {
		panic(&Exceeded{text: "a calculation of more than 64 numbers"})
	}
	b.spend(16 * len(a) * len(a))
}

func short(b *Budget, a []reflect.Value) {
	for _, v := range a {
		if v.Len() > 256 {
			panic(&Exceeded{text: "a version of more than 256 bytes"})
		}
	}
	b.spend(256)
}

// The limits of a regular expression: its length, and its length when repetitions are written out.
const (
	longestExpression = 512
	mostNodes         = 2000
)

// search is for functions of an expression and a text that is read once.
func search(b *Budget, a []reflect.Value) {
	b.spend(times(expression(a[0].String()), 1+a[1].Len()) / unit)
}

// searches is for functions that search again behind each match. A search may read the whole rest.
func searches(b *Budget, a []reflect.Value) {
	n := 1 + a[1].Len()
	b.spend(times(times(expression(a[0].String()), n), n) / (4 * unit))
	b.value(times(n, 2*unit))
}

func substitute(b *Budget, a []reflect.Value) {
	searches(b, a)
	b.value(a[1].Len() + times(1+a[1].Len(), a[2].Len()))
}

// expression returns how many nodes an expression has. What is wrong with it is for the function to
// say.
func expression(pattern string) int {
	if len(pattern) > longestExpression {
		panic(&Exceeded{text: fmt.Sprintf("a regular expression of more than %d bytes", longestExpression)})
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1
	}
	n := nodes(parsed)
	if n > mostNodes {
		panic(&Exceeded{text: fmt.Sprintf("a regular expression of more than %d parts, its repetitions written out", mostNodes)})
	}
	return n
}

func nodes(e *syntax.Regexp) int {
	n := 1 + len(e.Rune)/8
	if e.Op == syntax.OpLiteral {
		n = len(e.Rune)
	}
	for _, sub := range e.Sub {
		n = min(n+nodes(sub), math.MaxInt32)
	}
	if e.Op == syntax.OpRepeat {
		n = times(n, max(e.Min, e.Max, 1))
	}
	return n
}
