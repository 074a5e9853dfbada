package main

import (
	"cmp"
	"fmt"
	"strconv"
)

// The severities of results.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// result is something that a function has to say (results[] of a ResourceList).
type result struct {
	Message     string       `yaml:"message"`
	Severity    string       `yaml:"severity"`
	ResourceRef *resourceRef `yaml:"resourceRef,omitempty"`
	Field       *resultField `yaml:"field,omitempty"`
	File        *resultFile  `yaml:"file,omitempty"`
}

type resourceRef struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Name       string `yaml:"name"`
	Namespace  string `yaml:"namespace,omitempty"`
}

type resultField struct {
	Path string `yaml:"path"`
}

// resultFile is where an item was read from, and which one of that file it is.
type resultFile struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}

func fieldAt(path string) *resultField {
	if path == "" {
		return nil
	}
	return &resultField{path}
}

// report adds a result about an item, or about none if that is nil.
func (l *resourceList) report(r result, about *item) {
	if about != nil {
		r.ResourceRef = &resourceRef{about.apiVersion, about.kind, about.name, about.namespace}
		r.File = about.file()
	}
	l.results = append(l.results, r)
}

// file is what the annotations say of where an item comes from. The first of
// each pair is that of today.
func (i *item) file() *resultFile {
	path := cmp.Or(i.annotation("internal.config.kubernetes.io/path"), i.annotation("config.kubernetes.io/path"))
	if path == "" {
		return nil
	}
	index, err := strconv.Atoi(cmp.Or(i.annotation("internal.config.kubernetes.io/index"), i.annotation("config.kubernetes.io/index")))
	if err != nil {
		index = 0
	}
	return &resultFile{path, index}
}

// tell reports what validation has found.
func (l *resourceList) tell(found *report) {
	for _, f := range found.findings {
		l.report(result{Severity: string(f.Severity), Message: printable(f.sentence(found.nodes)), Field: fieldAt(f.Field)}, l.at(f.File))
	}
}

// failures are the results for which a run has failed.
func (l *resourceList) failures(on string) []error {
	var failed []error
	for _, r := range l.results {
		if r.Severity == severityError && on != failOnNever || r.Severity == severityWarning && on == failOnWarning {
			failed = append(failed, r)
		}
	}
	return failed
}

// Error is the result as one line: what, where and why.
func (r result) Error() string {
	text := r.Message
	if r.ResourceRef != nil {
		text = r.ResourceRef.Kind + " " + r.ResourceRef.Name + ": " + text
	}
	if r.File != nil {
		text = fmt.Sprintf("%s: %s", r.File.Path, text)
	}
	return text
}
