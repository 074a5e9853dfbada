package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/k8frr/k8frr/render/review"
)

// text is a line for each finding, as compilers print them, and a count.
func (r *report) text() ([]byte, error) {
	var out bytes.Buffer
	for _, f := range r.findings {
		fmt.Fprintf(&out, "%s: %s: ", f.place(), f.Severity)
		if f.Object != "" {
			fmt.Fprintf(&out, "%s: ", f.Object)
		}
		fmt.Fprintf(&out, "%s [%s]\n", f.sentence(r.nodes), f.Rule)
	}
	errs, warnings := r.count()
	fmt.Fprintf(&out, "%s, %s\n", severalOf(errs, "error"), severalOf(warnings, "warning"))
	return out.Bytes(), nil
}

func severalOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (r *report) json() ([]byte, error) {
	errs, warnings := r.count()
	var out bytes.Buffer
	err := printJSON(&out, struct {
		Errors   int       `json:"errors"`
		Warnings int       `json:"warnings"`
		Findings []finding `json:"findings"`
	}{errs, warnings, list(r.findings)})
	return out.Bytes(), err
}

// github are workflow commands of GitHub Actions, which mark lines of a pull
// request.
func (r *report) github() ([]byte, error) {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	var out bytes.Buffer
	for _, f := range r.findings {
		var where []string
		if f.File != "" {
			where = append(where, "file="+property.Replace(f.File))
		}
		if f.Line > 0 {
			where = append(where, fmt.Sprintf("line=%d", f.Line))
		}
		if f.Column > 0 {
			where = append(where, fmt.Sprintf("col=%d", f.Column))
		}
		where = append(where, "title="+property.Replace("k8frr "+f.Rule))
		fmt.Fprintf(&out, "::%s %s::%s\n", map[bool]string{true: "error", false: "warning"}[f.Severity == review.Error],
			strings.Join(where, ","), data.Replace(f.sentence(r.nodes)))
	}
	return out.Bytes(), nil
}
