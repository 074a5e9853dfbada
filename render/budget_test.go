package render

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"

	"github.com/k8frr/k8frr/render/budget"
)

// The bounds on one execution of an operator's templates. The bound on processor time leaves room for
// slow machines and the race detector.
const (
	mostTemplateCPU    = 10 * time.Second
	mostTemplateMemory = 256 << 20 // allocated in total, which is more than is ever held
)

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// spends checks what a call costs.
func spends(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	f()
	cpu := processorTime() - start
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; cpu > mostTemplateCPU || bytes > mostTemplateMemory {
		t.Errorf("took %s of processor time and allocated %d MB", cpu, bytes>>20)
	} else {
		t.Logf("%s, %d MB", cpu.Round(time.Millisecond), bytes>>20)
	}
}

const (
	tooMuchWork = "more work than is allowed"
	tooLarge    = "a value of more than 1048576 bytes"
)

// TestHostileTemplates checks that templates which would run or grow without end fail within the
// budget, with the file and the line.
func TestHostileTemplates(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"repeat", `{{len (repeat 1000000000 "abcd")}}`, tooLarge},
		{"repeat in steps", `{{$s := "abcdefgh"}}{{range until 40}}{{$s = print $s $s}}{{end}}`, tooLarge},
		{"until", `{{range until 10000000000}}{{end}}`, tooLarge},
		{"untilStep", `{{range untilStep 0 9223372036854775807 4611686018427387905}}{{end}}`, tooLarge},
		{"seq", `{{seq 1 10000000000}}`, tooLarge},
		{"a range of a number", `{{range 1000000000000000}}{{end}}`, tooMuchWork},
		{"nested loops", `{{range 10000}}{{range 10000}}{{range 10000}}{{end}}{{end}}{{end}}`, tooMuchWork},
		{"a loop of text", `{{range 10000000}}` + strings.Repeat("x", 1000) + "\n{{end}}", "frr.conf has more than 4194304 bytes"},
		{"a loop of values", `{{$x := repeat 1000 "x"}}{{range 10000000}}{{$x}}{{end}}`, "frr.conf has more than 4194304 bytes"},
		{"break out of a sorted dictionary", `{{$d := dict}}{{range until 1000}}{{$_ := set $d (print .) .}}{{end}}{{range 10000000}}{{range $d}}{{break}}{{end}}{{end}}`, tooMuchWork},
		{"recursion", `{{define "x"}}{{template "x"}}{{end}}{{template "x"}}`, "more than 100 levels deep"},
		{"recursion through own blocks", `{{template "frr.conf" .}}`, "more than 100 levels deep"},
		{"branching recursion", `{{define "x"}}{{if lt . 90}}{{template "x" (add1 .)}}{{template "x" (add1 .)}}{{end}}{{end}}{{template "x" 1}}`, tooMuchWork},
		{"printf width", `{{printf "%1000000000d" 1}}`, "a number above 1000"},
		{"printf precision", `{{printf "%.1000000f" 1.0}}`, "a number above 1000"},
		{"printf star", `{{printf "%*d" 1000000 1}}`, "printf with *"},
		{"printf again and again", `{{printf "` + strings.Repeat("%[1]s", 5000) + `" (repeat 100000 "x")}}`, tooLarge},
		{"printf of numbers", `{{range until 60000}}{{$x := printf "` + strings.Repeat("%1000d", 100) + `" 1}}{{end}}`, tooMuchWork},
		{"join", `{{join (repeat 1000000 "x") (until 60000)}}`, tooLarge},
		{"wrapWith", `{{wrapWith 1 (repeat 100000 "x") (repeat 100000 "y")}}`, tooLarge},
		{"indent", `{{indent 1000000000 "x"}}`, tooLarge},
		{"nindent", `{{nindent 100000 (repeat 1000 "\n")}}`, tooLarge},
		{"replace", `{{replace "" (repeat 100000 "x") (repeat 100000 "y")}}`, tooLarge},
		{"split", `{{split "" (repeat 1000000 "y")}}`, tooLarge},
		{"splitList", `{{splitList "" (repeat 1000000 "y")}}`, tooLarge},
		{"a regular expression", `{{regexMatch "(abcdefgh){900}" "a"}}`, "a regular expression of more than 2000 parts"},
		{"a long regular expression", `{{regexMatch (repeat 1000 "(a|b)") "a"}}`, "a regular expression of more than 512 bytes"},
		{"a slow regular expression", `{{regexReplaceAll ".*b|a" (repeat 30000 "a") "x"}}`, tooMuchWork},
		{"a replacement that grows", `{{regexReplaceAll "a" (repeat 30000 "a") (repeat 30000 "$0")}}`, tooMuchWork},
		{"a list in itself", `{{$l := list 1 2}}{{range until 60}}{{$l = list $l $l}}{{end}}`, "a value "},
		{"a large list, printed", `{{$l := list 1 2}}{{range until 10}}{{$l = list $l $l}}{{end}}{{range 1000000}}{{$l}}{{end}}`, tooMuchWork},
		{"a dictionary in itself", `{{$d := dict}}{{$_ := set $d "a" $d}}{{$d}}`, "a dictionary that contains itself"},
		{"two dictionaries in each other", `{{$a := dict}}{{$b := dict "a" (list $a)}}{{$_ := set $a "b" $b}}{{toJson $a}}`, "a dictionary that contains itself"},
		{"merge into itself", `{{$a := dict}}{{$_ := merge $a (dict "a" $a)}}{{$a}}`, "levels deep"},
		{"a dictionary that grows afterwards", `{{$a := dict}}{{$l := list $a $a $a $a $a $a $a $a}}{{$l = list $l $l $l $l}}{{$_ := set $a "x" (repeat 1000000 "x")}}{{$l}}`, tooLarge},
		{"deep JSON", `{{fromJson (repeat 5000 "[")}}{{fromJson (print (repeat 5000 "[") (repeat 5000 "]"))}}`, "levels deep"},
		{"append", `{{$l := list}}{{range until 60000}}{{$l = append $l .}}{{end}}`, tooMuchWork},
		{"uniq", `{{uniq (until 60000)}}`, tooMuchWork},
		{"comparisons", `{{$a := repeat 1000000 "x"}}{{$b := print $a ""}}{{range 10000000}}{{if eq $a $b}}{{end}}{{end}}`, tooMuchWork},
		{"methods", `{{range 100000000}}{{$x := $.FieldOf "x"}}{{end}}`, tooMuchWork},
		{"digits", `{{mulf ` + strings.Repeat("1.7e308 ", 1000) + `}}`, "more than 64 numbers"},
		{"a long message", `{{fail (repeat 1000000 "a")}}`, "aaa"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spends(t, func() {
				_, err := overridden(t, map[string]string{"dir/operator.tmpl": tt.text})
				if err == nil || !strings.HasPrefix(err.Error(), "dir/operator.tmpl:1:") && !strings.HasPrefix(err.Error(), "embedded ") || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %.300v, want dir/operator.tmpl:1: … %s", err, tt.want)
				}
				if err != nil && len(err.Error()) > 3000 {
					t.Errorf("the error has %d bytes", len(err.Error()))
				}
			})
		})
	}
}

// TestSources checks what is refused before it is parsed.
func TestSources(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"long":    {strings.Repeat("x\n", 1<<20), "operator.tmpl: has more than 1048576 bytes"},
		"actions": {strings.Repeat("{{if 1}}", 50_000), "operator.tmpl: has 50000 actions, and may have 20000"},
		"parens":  {"{{" + strings.Repeat("(", 500_000), "operator.tmpl:1: "},
		"nested":  {strings.Repeat("{{if 1}}", 19_000), "operator.tmpl:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			spends(t, func() {
				if _, err := overridden(t, map[string]string{"operator.tmpl": tt.text}); err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %.200v, want %s", err, tt.want)
				}
			})
		})
	}
}

// TestLargeTemplatesWork checks that what a router's configuration may need is within the budget.
func TestLargeTemplatesWork(t *testing.T) {
	for name, text := range map[string]string{
		"static lines":  strings.Repeat("ip prefix-list MINE seq 5 permit 192.0.2.0/24\n", 20_000),
		"a long loop":   `{{range untilStep 1 20001 1}}ip prefix-list MINE seq {{.}} permit 10.{{div . 256}}.{{mod . 256}}.0/24` + "\n{{end}}",
		"a list":        `{{$l := list}}{{range until 1000}}{{$l = append $l (printf "10.0.%d.0/24" .)}}{{end}}{{range $l}}ip prefix-list MINE permit {{.}}` + "\n{{end}}",
		"a dictionary":  `{{$d := dict}}{{range until 5000}}{{$_ := set $d (print .) .}}{{end}}{{range $k, $v := $d}}access-list MINE seq {{$v}} permit any` + "\n{{end}}",
		"expressions":   `{{range until 1000}}access-list {{regexReplaceAll "[^A-Z0-9]+" "worker-1.example.org" "-"}} permit any` + "\n{{end}}",
		"nested blocks": `{{define "x"}}{{if lt . 50}}{{template "x" (add1 .)}}{{end}}{{end}}{{template "x" 1}}`,
	} {
		if _, err := overridden(t, map[string]string{"operator.tmpl": text}); err != nil {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

// TestEveryFunctionIsBounded calls each function that templates may call with arguments that would
// make it cost most, and checks that none of sprig's is available by chance.
func TestEveryFunctionIsBounded(t *testing.T) {
	for name := range sprig.HermeticTxtFuncMap() {
		if !budget.Known(name) && !slices.Contains(leftOut, name) {
			t.Errorf("nothing is known about the cost of %s: add it to package budget or to leftOut", name)
		}
		if budget.Known(name) && slices.Contains(leftOut, name) {
			t.Errorf("%s is left out and has a cost", name)
		}
	}
	for name := range ownFunctions {
		if !budget.Known(name) {
			t.Errorf("nothing is known about the cost of %s", name)
		}
	}
	all, err := budget.New(0).Functions(functions())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, "budget") || name == "session" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for variant := range 4 {
				f, err := budget.New(0).Functions(functions())
				if err != nil {
					t.Fatal(err)
				}
				args, data := hostileArguments(reflect.TypeOf(f[name]), variant)
				text := fmt.Sprintf("{{%s %s}}{{range 100000000}}{{$x := %[1]s %[2]s}}{{end}}", name, args)
				spends(t, func() {
					if err := executeBounded(text, data); err == nil {
						t.Errorf("%s (variant %d) may be called a hundred million times", name, variant)
					}
				})
			}
		})
	}
}

// executeBounded executes a template as an operator's, with data of its own.
func executeBounded(text string, data any) error {
	parsed, err := template.New("operator.tmpl").Funcs(functions()).Parse(text)
	if err != nil {
		return err
	}
	budget.Instrument(parsed.Tree, false)
	bounded, err := bounded(parsed, budget.New(0))
	if err != nil {
		return err
	}
	return bounded.Execute(budget.Writer(&strings.Builder{}, budget.Output, nil), data)
}

// hostileArguments returns arguments for a function, as a template writes them, and the data they
// come from.
func hostileArguments(f reflect.Type, variant int) (string, any) {
	var names []string
	data := map[string]any{}
	n := f.NumIn()
	if f.IsVariadic() {
		n += 2
	}
	for i := range n {
		in := f.In(min(i, f.NumIn()-1))
		if f.IsVariadic() && i >= f.NumIn()-1 {
			in = in.Elem()
		}
		name := fmt.Sprint("a", i)
		names, data[name] = append(names, "."+name), hostileValue(in, (variant+i*variant)%4)
	}
	return strings.Join(names, " "), data
}

func hostileValue(t reflect.Type, variant int) any {
	long := strings.Repeat([]string{"a ", "A\n", "<", "1"}[variant], 30_000)
	switch t.Kind() {
	case reflect.String:
		return []any{long, "", "(a+)+b", "x"}[variant]
	case reflect.Bool:
		return variant%2 == 0
	case reflect.Int, reflect.Int64:
		return reflect.ValueOf([]int{1 << 62, -1 << 62, 0, 1000}[variant]).Convert(t).Interface()
	case reflect.Float64:
		return []any{1e308, -1e308, 0.0, 1e-300}[variant]
	case reflect.Map:
		m := map[string]any{}
		for i := range 1000 {
			m[fmt.Sprint(i)] = long[:20]
		}
		return m
	default:
		list := make([]any, 2000)
		for i := range list {
			list[i] = long[:1+i%20]
		}
		return []any{list, long, 1 << 62, map[string]any{"a": list}}[variant]
	}
}
