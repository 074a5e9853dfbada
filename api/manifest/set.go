package manifest

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Set is the objects of any number of files, sorted by kind, each kind in the
// order of the files.
type Set struct {
	Configurations []*v1.BGPConfiguration
	Nodes          []*corev1.Node
	Secrets        []*corev1.Secret
	// Ignored are the documents of other kinds.
	Ignored []Document
}

// Collect sorts documents into a Set. An object that does not state its
// namespace gets the given one. Two objects of one kind, namespace and name are
// an error, which names both places.
func Collect(documents []Document, namespace string) (Set, error) {
	var (
		set  Set
		errs []error
		seen = map[string]Document{}
	)
	for _, d := range documents {
		switch object := d.Object.(type) {
		case *v1.BGPConfiguration:
			d.Namespace = inhabit(object, namespace)
			set.Configurations = append(set.Configurations, object)
		case *corev1.Node:
			d.Namespace = ""
			set.Nodes = append(set.Nodes, object)
		case *corev1.Secret:
			d.Namespace = inhabit(object, namespace)
			set.Secrets = append(set.Secrets, object)
		default:
			set.Ignored = append(set.Ignored, d)
			continue
		}
		name := describe(d.Kind, d.Namespace, d.Name)
		if first, ok := seen[name]; ok {
			errs = append(errs, &Error{File: d.File, Line: d.Line, Object: name,
				Err: fmt.Errorf("is given twice, first at %s:%d", first.File, first.Line)})
			continue
		}
		seen[name] = d
	}
	return set, errors.Join(errs...)
}

func inhabit(object metav1.Object, namespace string) string {
	if object.GetNamespace() == "" {
		object.SetNamespace(namespace)
	}
	return object.GetNamespace()
}
