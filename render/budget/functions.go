package budget

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
)

// cost takes from a budget what a call of a function costs, before the call.
type cost func(b *Budget, args []reflect.Value)

// costs has an entry for each function that templates may call. Known and Functions know no others.
var costs = func() map[string]cost {
	all := map[string]cost{}
	for _, name := range strings.Fields(constant) {
		all[name] = texts
	}
	for _, name := range strings.Fields(linear) {
		all[name] = inputs
	}
	for name, c := range growing {
		all[name] = c
	}
	return all
}()

// constant lists functions that look at a fixed part of their arguments and return a scalar, or an
// existing value.
const constant = `
	add add1 add1f all any atoi biggest ceil coalesce default dig div duration empty first float64
	floor get hasKey int int64 kindIs kindOf last max maxf min minf mod mul mustFirst mustLast mustSlice
	plural round session slice sub ternary typeIs typeIsLike typeOf unset`

// linear lists functions whose work and result are at most a few times as large as their arguments.
const linear = `
	abbrev abbrevboth adler32sum append b32dec b32enc b64dec b64enc base camelcase cat chunk clean compact
	concat contains deepCopy deepEqual dict dir ext fail fromJson has hasPrefix hasSuffix html initial initials
	isAbs js kebabcase keys list lower merge mergeOverwrite mustAppend mustChunk mustCompact mustDeepCopy
	mustFromJson mustHas mustInitial mustMerge mustMergeOverwrite mustPrepend mustPush mustRest
	mustReverse mustToJson mustToPrettyJson mustToRawJson nospace omit pick pluck prepend print println
	push quote regexQuoteMeta rest reverse sha1sum sha256sum sha512sum snakecase sortAlpha squote substr
	swapcase title toDecimal toJson toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix
	trimSuffix trimall trunc tuple untitle upper urlJoin urlParse urlquery values`

// builtin are the functions of package template that make text. Functions replaces them by ones
// with a budget.
var builtin = template.FuncMap{
	"html": template.HTMLEscaper, "js": template.JSEscaper, "print": fmt.Sprint, "printf": fmt.Sprintf,
	"println": fmt.Sprintln, "urlquery": template.URLQueryEscaper,
}

// texts takes what it costs to read the arguments that are strings.
func texts(b *Budget, args []reflect.Value) {
	b.spend(1)
	for _, v := range args {
		if v = indirect(v); v.IsValid() && v.Kind() == reflect.String {
			b.spend(v.Len() / unit)
		}
	}
}

// inputs takes what it costs to read all arguments.
func inputs(b *Budget, args []reflect.Value) {
	for _, v := range args {
		b.spend(1 + b.size(v)/unit)
	}
}

// Known reports whether templates may call a function of that name.
func Known(name string) bool { return costs[name] != nil }

// Functions returns functions that take what they cost from the budget, in place of those of a map
// and of those of package template. A function that is not Known is an error.
func (b *Budget) Functions(functions template.FuncMap) (template.FuncMap, error) {
	bounded := b.checks()
	for _, all := range []template.FuncMap{builtin, functions} {
		for name, f := range all {
			if costs[name] == nil {
				return nil, errors.New("nothing is known about the cost of the function " + name)
			}
			bounded[name] = b.wrap(name, f)
		}
	}
	return bounded, nil
}

// wrap returns a function of the same type.
func (b *Budget) wrap(name string, f any) any {
	function := reflect.ValueOf(f)
	t := function.Type()
	makes := name != "set" && !slices.Contains(strings.Fields(constant), name)
	return reflect.MakeFunc(t, func(in []reflect.Value) (out []reflect.Value) {
		args, call := in, function.Call
		if t.IsVariadic() {
			args, call = slices.Clone(in[:len(in)-1]), function.CallSlice
			for rest, i := in[len(in)-1], 0; i < rest.Len(); i++ {
				args = append(args, rest.Index(i))
			}
		}
		at(func(e *Exceeded) { e.Function = name }, func() {
			b.spend(checked)
			costs[name](b, args)
			out = call(in)
			if makes {
				b.spend(b.size(out[0]) / unit)
			}
		})
		return out
	}).Interface()
}
