package main

import (
	"encoding/xml"
	"fmt"

	"github.com/k8frr/k8frr/render/review"
)

// The elements of JUnit's XML, as CI systems read them.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit has a case for each finding, which fails if it is an error, and one
// that passes if there is none.
func (r *report) junit() ([]byte, error) {
	errs, _ := r.count()
	suite := junitSuite{Name: "k8frr validate", Failures: errs}
	for _, f := range r.findings {
		c := junitCase{Name: fmt.Sprintf("%s %s", f.Rule, f.place()), Class: "k8frr." + f.Rule, File: f.File, Line: f.Line}
		if f.Severity == review.Error {
			c.Failure = &junitFailure{f.Rule, f.sentence(r.nodes), f.place()}
		} else {
			c.Out = "warning: " + f.sentence(r.nodes)
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: "nothing is amiss", Class: "k8frr"}}
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{suite}}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}
