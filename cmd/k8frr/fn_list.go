package main

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// resourceList is what KRM functions get and give
// (config.kubernetes.io/v1, KRM Functions Specification). It is kept as a tree
// of nodes, so that what is not this function's comes out as it went in:
// comments, order, unknown fields.
type resourceList struct {
	root, content *yamlv3.Node
	items         []*item
	results       []result
}

// item is an object of a list, and what it says it is.
type item struct {
	*yamlv3.Node
	apiVersion, kind, namespace, name string
}

// parseResourceList reads a ResourceList in YAML or JSON.
func parseResourceList(text []byte) (*resourceList, error) {
	l := &resourceList{root: new(yamlv3.Node)}
	if err := yamlv3.Unmarshal(text, l.root); err != nil {
		// The decoder quotes what it could not read, which may be a password.
		return nil, errors.New("standard input is not YAML: k8frr fn reads a ResourceList, which kustomize or kpt writes")
	}
	if len(l.root.Content) == 1 {
		l.content = l.root.Content[0]
	}
	apiVersion := scalar(l.content, "apiVersion")
	if scalar(l.content, "kind") != "ResourceList" || !strings.HasPrefix(apiVersion, "config.kubernetes.io/") {
		return nil, errors.New("standard input is not a ResourceList (config.kubernetes.io/v1): k8frr fn is run by kustomize or kpt; k8frr render reads plain objects")
	}
	items := field(l.content, "items")
	if items != nil && items.Kind != yamlv3.SequenceNode && items.Tag != "!!null" {
		return nil, errors.New("standard input: items: must be a list")
	}
	if items != nil {
		for _, n := range items.Content {
			l.items = append(l.items, newItem(n))
		}
	}
	return l, nil
}

func newItem(n *yamlv3.Node) *item {
	for n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	metadata := field(n, "metadata")
	return &item{n, scalar(n, "apiVersion"), scalar(n, "kind"), scalar(metadata, "namespace"), scalar(metadata, "name")}
}

// field returns the value of a field of a mapping, nil if there is none.
func field(n *yamlv3.Node, name string) *yamlv3.Node {
	for n != nil && n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	if n == nil || n.Kind != yamlv3.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func scalar(n *yamlv3.Node, name string) string {
	if f := field(n, name); f != nil && f.Kind == yamlv3.ScalarNode && f.Tag != "!!null" {
		return f.Value
	}
	return ""
}

func (i *item) annotation(name string) string {
	return scalar(field(field(i.Node, "metadata"), "annotations"), name)
}

// concerns reports whether an item is one that rendering reads.
func (i *item) concerns() bool {
	group, _, _ := strings.Cut(i.apiVersion, "/")
	return group == v1.GroupVersion.Group || i.apiVersion == "v1" && (i.kind == "Node" || i.kind == "Secret")
}

// documents are the objects that rendering reads. The error joins what is wrong
// with each, as the error of manifest.Read does.
func (l *resourceList) documents() ([]manifest.Document, error) {
	var (
		documents []manifest.Document
		errs      []error
		reader    = new(manifest.Reader)
	)
	for n, i := range l.items {
		if !i.concerns() {
			continue
		}
		text, err := yamlv3.Marshal(i.Node)
		if err != nil {
			errs = append(errs, &manifest.Error{File: placeOf(n), Object: i.kind + " " + i.name, Err: err})
			continue
		}
		read, err := reader.Read(bytes.NewReader(text), placeOf(n))
		documents, errs = append(documents, read...), append(errs, err)
	}
	return documents, errors.Join(errs...)
}

// placeOf is what an item is called as a file; at finds the item again.
func placeOf(n int) string { return "item " + strconv.Itoa(n) }

func (l *resourceList) at(place string) *item {
	if n, err := strconv.Atoi(strings.TrimPrefix(place, "item ")); err == nil && n < len(l.items) {
		return l.items[n]
	}
	return nil
}

// text is the list as it is now.
func (l *resourceList) text() ([]byte, error) {
	items := &yamlv3.Node{Kind: yamlv3.SequenceNode, Tag: "!!seq"}
	if old := field(l.content, "items"); old != nil && old.Kind == yamlv3.SequenceNode {
		items.HeadComment, items.LineComment, items.FootComment = old.HeadComment, old.LineComment, old.FootComment
	}
	for _, i := range l.items {
		items.Content = append(items.Content, i.Node)
	}
	set(l.content, "items", items)
	if len(l.results) == 0 {
		remove(l.content, "results")
	} else {
		results := new(yamlv3.Node)
		if err := results.Encode(l.results); err != nil {
			return nil, err
		}
		set(l.content, "results", results)
	}
	var text bytes.Buffer
	encoder := yamlv3.NewEncoder(&text)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(l.root); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}

func set(mapping *yamlv3.Node, name string, value *yamlv3.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			mapping.Content[i+1] = value
			return
		}
	}
	mapping.Content = append(mapping.Content, &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: "!!str", Value: name}, value)
}

func remove(mapping *yamlv3.Node, name string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			mapping.Content = append(mapping.Content[:i], mapping.Content[i+2:]...)
			return
		}
	}
}
