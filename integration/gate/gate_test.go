package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestResults(t *testing.T) {
	for _, c := range []struct {
		name, events string
		want         string // passed, and what is printed
	}{
		{"passes", `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: a word\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":1}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t1.2s\n"}
{"Action":"pass","Package":"p","Elapsed":1.2}`, "true ok  \tp\t1.2s\n"},
		{"fails", `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"run","Package":"p","Test":"TestB/c"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: a word\n"}
{"Action":"output","Package":"p","Test":"TestB/c","Output":"    b_test.go:8: wrong\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p","Test":"TestB/c"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t1.2s\n"}
{"Action":"fail","Package":"p","Elapsed":1.2}`, "false     b_test.go:8: wrong\n--- FAIL: TestB (0.00s)\nFAIL\tp\t1.2s\n"},
		{"does not end", `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: test timed out\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t1.2s\n"}
{"Action":"fail","Package":"p","Elapsed":1.2}`, "false panic: test timed out\nFAIL\tp\t1.2s\n"},
		{"runs none", `{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s [no tests to run]\n"}
{"Action":"pass","Package":"p","Elapsed":0.1}`, "false ok  \tp\t0.1s [no tests to run]\nFAIL\tp\tit has tests and runs none\n"},
		{"skips", `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: needs root\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t1.2s\n"}
{"Action":"pass","Package":"p","Elapsed":1.2}`, "false ok  \tp\t1.2s\nFAIL\tp\tTestA is skipped\n"},
		{"has none", `{"Action":"output","Package":"p","Output":"?   \tp\t[no test files]\n"}
{"Action":"skip","Package":"p"}`, "true ?   \tp\t[no test files]\n"},
		{"is not built", `{"ImportPath":"p [p.test]","Action":"build-output","Output":"p/a.go:1:1: syntax error\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`, "true p/a.go:1:1: syntax error\nfalse FAIL\tp [build failed]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got strings.Builder
			packages, err := read(strings.NewReader(c.events), func(r *result) { fmt.Fprintf(&got, "%v %s", r.passed, r.text) })
			if err != nil || packages != 1 || got.String() != c.want {
				t.Errorf("%d packages, error %v:\n%s", packages, err, got.String())
			}
		})
	}
}
