package main

import (
	"fmt"
	"strings"
)

// event is a line of go test -json (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of what is built
	Test       string
	Output     string
	Elapsed    float64
}

// result is what came of a package.
type result struct {
	building bool // it is only about what is built for packages
	passed   bool
	seconds  float64
	text     string // as go test prints it
}

// tally keeps account of the packages that are being tested.
type tally struct {
	packages map[string]*suite
	results  int
}

// suite is what is known of a package so far.
type suite struct {
	ran     int // tests that have begun
	output  []event
	passed  map[string]bool
	skipped []string // tests
}

func newTally() *tally { return &tally{packages: map[string]*suite{}} }

// take takes an event, and returns the result of a package at its last.
func (t *tally) take(e event) *result {
	if e.Package == "" {
		if e.Action != "build-output" {
			return nil
		}
		return &result{building: true, passed: true, text: e.Output} // the package fails by itself
	}
	s := t.packages[e.Package]
	if s == nil {
		s = &suite{passed: map[string]bool{}}
		t.packages[e.Package] = s
	}
	switch {
	case e.Action == "output":
		s.output = append(s.output, e)
	case e.Test != "":
		if e.Action == "run" {
			s.ran++
		}
		if e.Action == "skip" {
			s.skipped = append(s.skipped, e.Test)
		}
		s.passed[e.Test] = e.Action == "pass" || e.Action == "skip"
	case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
		t.results++
		delete(t.packages, e.Package)
		return s.result(e)
	}
	return nil
}

// result is that of a package at its last event: skip if it has no tests.
func (s *suite) result(e event) *result {
	r := &result{passed: e.Action != "fail", seconds: e.Elapsed}
	var text strings.Builder
	for _, o := range s.output {
		switch {
		case r.passed && (o.Test != "" || !strings.HasPrefix(o.Output, "ok ") && !strings.HasPrefix(o.Output, "? ")):
		case s.passed[o.Test] || strings.HasPrefix(o.Output, "=== "):
		default:
			text.WriteString(o.Output)
		}
	}
	if e.Action == "pass" && s.ran == 0 {
		r.passed = false
		fmt.Fprintf(&text, "FAIL\t%s\tit has tests and runs none\n", e.Package)
	}
	for _, test := range s.skipped { // only -short skips tests, and the gate runs without it
		r.passed = false
		fmt.Fprintf(&text, "FAIL\t%s\t%s is skipped\n", e.Package, test)
	}
	r.text = text.String()
	return r
}
