// Package manifest reads Kubernetes objects from files as people write them
// and as kubectl prints them.
package manifest

import (
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
)

// Document is one object of a file, or of a List in it.
type Document struct {
	// File is the name that the file was read under, Line the line of it on
	// which the object begins, counted from 1.
	File string
	Line int
	// Number says which document of the file the object is in, counted from 1
	// without empty ones.
	Number int
	// APIVersion, Kind, Namespace and Name are what the object says it is.
	APIVersion, Kind, Namespace, Name string
	// Object is a *v1.BGPConfiguration with the schema's defaults, a
	// *corev1.Node or a *corev1.Secret with stringData folded into data; nil
	// for any other kind, which is passed over.
	Object runtime.Object

	// text and path are where the object stands, kept of configurations.
	text text
	path string
}

// Locate returns the place of a field of a BGPConfiguration such as
// spec.neighbors[3].config.peerAsn, or of the nearest field around it that is
// written: the line and the column, both counted from 1.
func (d Document) Locate(field string) (line, column int) {
	if d.text.tree == nil {
		return d.Line, 1
	}
	return d.text.at(joinPath(d.path, field))
}

// String is the object and its place: BGPConfiguration default (bgp.yaml:12).
func (d Document) String() string {
	return fmt.Sprintf("%s (%s:%d)", describe(d.Kind, d.Namespace, d.Name), d.File, d.Line)
}

func describe(kind, namespace, name string) string {
	switch {
	case name == "":
		return kind
	case namespace == "":
		return kind + " " + name
	}
	return kind + " " + namespace + "/" + name
}

// Error is one thing that is wrong in a file.
type Error struct {
	// File and Line are where; Line is 0 if it is about the whole file.
	File string
	Line int
	// Column is 0 if only the line is known.
	Column int
	// Object is what the mistake is in, such as BGPConfiguration default;
	// empty if that cannot be told.
	Object string
	// Err is the mistake: a schema.Problem if the schema forbids it.
	Err error
}

func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Object != "" {
		place += ": " + e.Object
	}
	return place + ": " + e.Err.Error()
}

// Unwrap returns the mistake itself.
func (e *Error) Unwrap() error { return e.Err }

// The limits of a file. The largest real ones are lists of all Nodes of a cluster.
const (
	LargestFile   = 64 << 20
	mostDocuments = 100_000
	// mostErrors is how many errors are kept of a chunk, and returned for a file.
	mostErrors = 1000
)

// Read reads every document of a file: YAML or JSON, single objects, v1 Lists
// and typed lists. The name stands for the file in messages.
//
// The error joins an *Error for each mistake; what is beside them is returned
// nevertheless. No message holds a value of a Secret.
func Read(from io.Reader, name string) ([]Document, error) { return new(Reader).Read(from, name) }

func readAll(from io.Reader, limit int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, int64(limit)+1))
	if err == nil && len(data) > limit {
		err = fmt.Errorf("has more than %d bytes", limit)
	}
	return data, err
}

// Read is as the function Read.
func (r *Reader) Read(from io.Reader, name string) ([]Document, error) {
	data, err := readAll(from, LargestFile)
	if err != nil {
		return nil, &Error{File: name, Err: err}
	}
	chunks := split(data)
	if len(chunks) > mostDocuments {
		return nil, &Error{File: name, Err: fmt.Errorf("has %d documents, and may have %d", len(chunks), mostDocuments)}
	}
	read := make([]contents, len(chunks))
	concurrently(len(chunks), func(i int) { read[i] = r.read(chunks[i], name) })
	var (
		documents []Document
		errs      []error
		number    int
	)
	for _, c := range read {
		for _, d := range c.documents {
			d.Number += number
			documents = append(documents, d)
		}
		errs = append(errs, c.errs...)
		number += c.number
	}
	if more := len(errs) - mostErrors; more > 0 {
		errs = append(errs[:mostErrors], &Error{File: name, Err: fmt.Errorf("has %d more errors", more)})
	}
	return documents, errors.Join(errs...)
}
