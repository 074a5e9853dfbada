package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	apifield "k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
	"github.com/k8frr/k8frr/render"
)

const (
	// defaultNamespace is PureLB's, where the agents run.
	defaultNamespace = "purelb-system"
	// defaultName is the name of the BGPConfiguration that agents use.
	defaultName = "default"
)

// noConfiguration says that there is nothing to render.
type noConfiguration struct{ namespace string }

func (e noConfiguration) Error() string {
	return fmt.Sprintf("there is no BGPConfiguration for namespace %s in the input", e.namespace)
}

// choice is the BGPConfiguration to render, among all objects of the input.
type choice struct {
	render.Declared
	namespace, name string
	ignored         []string
}

// choose finds the BGPConfiguration to render as the agents of a namespace do,
// unless it is named.
func choose(documents []manifest.Document, namespace, name string) (choice, error) {
	if namespace == "" {
		stated := namespaces(documents)
		if len(stated) > 1 {
			return choice{}, fmt.Errorf("there are BGPConfigurations in the namespaces %s: choose one with --namespace", strings.Join(stated, ", "))
		}
		namespace = cmp.Or(append(stated, defaultNamespace)...)
	}
	set, err := manifest.Collect(documents, namespace)
	if err != nil {
		return choice{}, err
	}
	var candidates []*v1.BGPConfiguration
	for _, c := range set.Configurations {
		if c.Namespace == namespace {
			candidates = append(candidates, c)
		}
	}
	chosen, ignored := render.Choose(candidates, cmp.Or(name, defaultName))
	switch {
	case len(candidates) == 0:
		return choice{
			Declared:  render.Declared{Nodes: set.Nodes, Secrets: set.Secrets},
			namespace: namespace,
		}, noConfiguration{namespace}
	case chosen == nil:
		return choice{}, fmt.Errorf("there is no BGPConfiguration %s in namespace %s, only %s: choose one with --name",
			cmp.Or(name, defaultName), namespace, strings.Join(ignored, ", "))
	case name != "" && chosen.Name != name:
		return choice{}, fmt.Errorf("there is no BGPConfiguration %s in namespace %s, only %s", name, namespace, chosen.Name)
	}
	return choice{
		Declared:  render.Declared{Configurations: candidates, Nodes: set.Nodes, Secrets: set.Secrets},
		namespace: namespace,
		name:      chosen.Name,
		ignored:   ignored,
	}, check(chosen, documents)
}

// namespaces are those in which the documents say there are BGPConfigurations.
func namespaces(documents []manifest.Document) []string {
	var stated []string
	for _, d := range documents {
		if c, ok := d.Object.(*v1.BGPConfiguration); ok && c.Namespace != "" {
			stated = append(stated, c.Namespace)
		}
	}
	slices.Sort(stated)
	return slices.Compact(stated)
}

// check says what is wrong with a BGPConfiguration whatever the node: once, and
// not for each node.
func check(c *v1.BGPConfiguration, documents []manifest.Document) error {
	err := validate.Configuration(c)
	if err == nil {
		return nil
	}
	place := documents[slices.IndexFunc(documents, func(d manifest.Document) bool { return d.Object == c })]
	var problems []error
	for _, p := range flatten(err) {
		wrong := &manifest.Error{File: place.File, Line: place.Line, Object: "BGPConfiguration " + c.Name, Err: p}
		var at *apifield.Error
		if errors.As(p, &at) {
			wrong.Line, wrong.Column = place.Locate(at.Field)
		}
		problems = append(problems, wrong)
	}
	return errors.Join(problems...)
}
