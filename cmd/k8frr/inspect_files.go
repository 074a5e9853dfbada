package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/view"
)

// fromFiles reads objects from files. Unlike what is read to be rendered, they
// are as the cluster has them, with their status, and are not judged.
func (o *sources) fromFiles(stdin io.Reader, names []string) (evidence, error) {
	r := &objectFiles{recursive: o.recursive, stdin: stdin}
	for _, name := range names {
		if err := r.read(name); err != nil {
			return r.evidence, err
		}
	}
	r.from = strings.Join(names, ", ")
	r.choose(r.configurations, o)
	r.Now = r.newest()
	return r.evidence, nil
}

// objectFiles reads files into evidence.
type objectFiles struct {
	evidence
	recursive      bool
	stdin          io.Reader
	configurations []*v1.BGPConfiguration
}

func (r *objectFiles) read(name string) error {
	if name == "-" {
		return r.stream(r.stdin, "standard input")
	}
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != name && (!r.recursive || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || path != name && !isManifest(path):
			return nil
		}
		if path != name {
			if err := endless(path); err != nil {
				return err
			}
		}
		f, err := open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		return r.stream(f, path)
	})
}

// stream reads the documents of a file.
func (r *objectFiles) stream(from io.Reader, name string) error {
	decoder := utilyaml.NewYAMLOrJSONDecoder(limited(from), 1<<16)
	for {
		var document runtime.RawExtension
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		switch {
		case err != nil && !errors.As(err, new(tooLong)):
			err = manifest.Syntax(err)
		case err == nil && len(document.Raw) > 0:
			err = r.object(document.Raw, "")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// object keeps an object, or those of a list. What says no kind is of the
// list's.
func (r *objectFiles) object(raw []byte, kind string) error {
	var header struct {
		metav1.TypeMeta `json:",inline"`
		Items           []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &header); err != nil {
		return err
	}
	if header.Kind != "" {
		kind = header.Kind
	}
	if item, ok := strings.CutSuffix(kind, "List"); ok {
		if item == "Service" && r.Services == nil {
			r.Services = []view.Service{} // known, if only to be none
		}
		for _, raw := range header.Items {
			if err := r.object(raw, item); err != nil {
				return err
			}
		}
		return nil
	}
	var object any
	switch kind {
	case "BGPNodeStatus":
		object = new(v1.BGPNodeStatus)
	case "BGPConfiguration":
		object = new(v1.BGPConfiguration)
	case "Service":
		object = new(corev1.Service)
	case "Node":
		object = new(metav1.PartialObjectMetadata)
	default:
		return nil
	}
	if err := json.Unmarshal(raw, object); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	switch o := object.(type) {
	case *v1.BGPConfiguration:
		r.configurations = append(r.configurations, o)
	case *metav1.PartialObjectMetadata:
		r.label(o)
	default:
		r.add(object)
	}
	return nil
}

// label keeps the labels of a Node.
func (e *evidence) label(o *metav1.PartialObjectMetadata) {
	if e.labels == nil {
		e.labels = map[string]map[string]string{}
	}
	e.labels[view.Text(o.Name)] = o.Labels
}
