package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apifield "k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/api/schema"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/render/review"
)

// finding is something that is wrong, and where.
type finding struct {
	Severity review.Severity `json:"severity"`
	Rule     string          `json:"rule"`
	// File, Line and Column are where; zero if that is nowhere in a file.
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
	Column  int      `json:"column,omitempty"`
	Object  string   `json:"object,omitempty"`
	Field   string   `json:"field,omitempty"`
	Nodes   []string `json:"nodes,omitempty"`
	Message string   `json:"message"`
}

// report is what validation finds.
type report struct {
	documents []manifest.Document
	findings  []finding
	nodes     int
}

func (r *report) count() (errs, warnings int) {
	for _, f := range r.findings {
		if f.Severity == review.Error {
			errs++
		} else {
			warnings++
		}
	}
	return errs, warnings
}

// unreadable adds what could not be read of files; false if the error is of
// another kind.
func (r *report) unreadable(err error) bool {
	var found []finding
	for _, e := range flatten(err) {
		var at *manifest.Error
		if !errors.As(e, &at) {
			return false
		}
		f := finding{Severity: review.Error, Rule: "Unreadable", File: at.File, Line: at.Line, Column: at.Column, Object: at.Object, Message: at.Err.Error()}
		var problem schema.Problem
		if errors.As(at.Err, &problem) {
			f.Rule, f.Field = "Schema", problem.Field
		}
		found = append(found, f)
	}
	r.findings = append(r.findings, found...)
	return true
}

// judge adds what no schema can state of each BGPConfiguration.
func (r *report) judge(documents []manifest.Document) {
	for _, d := range documents {
		c, ok := d.Object.(*v1.BGPConfiguration)
		if !ok {
			continue
		}
		if err := validate.Configuration(c); err != nil {
			for _, e := range flatten(err) {
				f := finding{Severity: review.Error, Rule: "Invalid", File: d.File, Line: d.Line, Object: "BGPConfiguration " + d.Name, Message: e.Error()}
				var at *apifield.Error
				if errors.As(e, &at) {
					f.Field, f.Message = at.Field, at.ErrorBody()
					f.Line, f.Column = d.Locate(at.Field)
				}
				r.findings = append(r.findings, f)
			}
		}
	}
}

// chosen finds what to look at as a whole, and the Nodes of the input. Without
// any, it is looked at for one that has no labels.
func (o *validateOptions) chosen(documents []manifest.Document, as how) (cluster, []*corev1.Node, error) {
	c, err := choose(documents, o.namespace, o.name)
	if err != nil {
		return cluster{}, nil, err
	}
	if len(c.Nodes) == 0 && len(o.input.nodes) == 0 {
		imagined := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}
		return cluster{choice: c, nodes: []*corev1.Node{imagined}, imagined: true, how: as}, nil, nil
	}
	nodes, err := chooseNodes(c.Nodes, o.input.nodes)
	return cluster{choice: c, nodes: nodes, how: as}, c.Nodes, err
}

// cluster adds what the whole shows.
func (r *report) cluster(c cluster, nodes []*corev1.Node, f *fleet.Fleet) {
	configuration := c.For("", c.namespace, c.name).Configuration
	r.nodes = len(c.nodes)
	for _, name := range c.ignored {
		r.add(r.document(func(d manifest.Document) bool { return isConfigurationNamed(d, name) }), "",
			finding{Severity: review.Warning, Rule: "NotUsed", Message: "is not used: BGPConfiguration " + c.name + " is"})
	}
	if c.imagined {
		r.findings = append(r.findings, finding{Severity: review.Warning, Rule: "NoNodes",
			Message: "there is no Node in the input: selectors are not checked, and nodes are taken to have no labels and no addresses"})
	}
	at := r.document(func(d manifest.Document) bool { return d.Object == configuration })
	for _, found := range review.Of(configuration, nodes, f) {
		d := at
		if found.Field == "" && len(found.Nodes) > 0 {
			d = r.document(func(d manifest.Document) bool { return isNode(d) && d.Name == found.Nodes[0] })
		}
		r.add(d, found.Field, finding{Severity: found.Severity, Rule: found.Rule, Nodes: found.Nodes, Message: found.Message})
	}
}

func isConfigurationNamed(d manifest.Document, name string) bool {
	c, ok := d.Object.(*v1.BGPConfiguration)
	return ok && c.Name == name
}

// document finds a document; the zero one if it is not there.
func (r *report) document(is func(manifest.Document) bool) manifest.Document {
	if i := slices.IndexFunc(r.documents, is); i >= 0 {
		return r.documents[i]
	}
	return manifest.Document{}
}

// add adds what is found in a field of a document, or in all of it.
func (r *report) add(d manifest.Document, path string, f finding) {
	if d.File != "" {
		f.File, f.Line = d.File, d.Line
		f.Object = d.Kind + " " + d.Name
	}
	if f.Field = path; path != "" {
		f.Line, f.Column = d.Locate(path)
	}
	r.findings = append(r.findings, f)
}

// sort orders findings as they stand in files, those without a place first.
func (r *report) sort() {
	slices.SortStableFunc(r.findings, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// place is file:line:column, as far as it is known.
func (f finding) place() string {
	text := cmp.Or(f.File, "input")
	if strings.HasPrefix(text, ":") || strings.HasPrefix(text, "#") {
		text = "./" + text // CI systems take a line that begins so for a command
	}
	if f.Line > 0 {
		text += fmt.Sprintf(":%d", f.Line)
	}
	if f.Line > 0 && f.Column > 0 {
		text += fmt.Sprintf(":%d", f.Column)
	}
	return text
}

// sentence is what is found, with the field and the nodes.
func (f finding) sentence(all int) string {
	text := f.Message
	// The API server's sentences begin with the field.
	if f.Field != "" && f.Rule != "Schema" {
		text = f.Field + ": " + text
	}
	switch n := len(f.Nodes); {
	case f.Rule == "SameRouterID":
		text += " (" + listed(f.Nodes) + ")"
	case n == 1:
		text = "node " + f.Nodes[0] + ": " + text
	case n > 1:
		text = fmt.Sprintf("%d of %d nodes: %s", n, all, text)
	}
	return text
}
