package manifest

import (
	"errors"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/k8frr/k8frr/api/schema"
)

// place says where in the file an item's mistakes are.
func place(err error, file string, t text, i item) []error {
	kind, _ := i.content["kind"].(string)
	metadata, _ := i.content["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	name, _ := metadata["name"].(string)
	object := describe(kind, namespace, name)
	if kind == "" {
		object = i.path
	}

	var problems schema.Problems
	var problem schema.Problem
	switch {
	case errors.As(err, &problems):
	case errors.As(err, &problem):
		problems = schema.Problems{problem}
	default:
		return []error{&Error{File: file, Line: i.line, Object: object, Err: err}}
	}
	errs := make([]error, len(problems))
	for n, p := range problems {
		line, column := t.at(joinPath(i.path, p.Field))
		errs[n] = &Error{File: file, Line: line, Column: column, Object: object, Err: p}
	}
	return errs
}

// tree returns the document's text parsed into nodes that know their lines,
// nil if it is not YAML. It is needed for lists and for messages only.
func tree(data []byte) *yamlv3.Node {
	var document yamlv3.Node
	if yamlv3.Unmarshal(data, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}

// at returns the line and the column of the field with a path, or of the
// nearest field around it that is there.
func (t text) at(path string) (line, column int) {
	node := t.tree()
	line, column = 1, 1
	if node != nil {
		line, column = node.Line, node.Column
	}
	for _, segment := range segments(path) {
		key, value := child(node, segment)
		if value == nil {
			break
		}
		line, column, node = key.Line, key.Column, value
	}
	return t.line + line - 1, column
}

// child returns the value of a field or the element of a list, and what stands
// for its place: the key of a field. Both are nil if there is none.
func child(node *yamlv3.Node, segment string) (key, value *yamlv3.Node) {
	for node != nil && node.Kind == yamlv3.AliasNode {
		node = node.Alias
	}
	switch {
	case node == nil:
	case node.Kind == yamlv3.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == segment {
				return node.Content[i], node.Content[i+1]
			}
		}
	case node.Kind == yamlv3.SequenceNode:
		if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	}
	return nil, nil
}

// segments takes apart a path such as metadata.labels[example.com/rack].
func segments(path string) []string {
	var parts []string
	for path != "" {
		switch end := strings.IndexAny(path, ".[]"); {
		case path[0] == '.':
			path = path[1:]
		case path[0] == '[':
			key, rest, _ := strings.Cut(path[1:], "]")
			parts, path = append(parts, key), rest
		case end < 0:
			parts, path = append(parts, path), ""
		case end == 0: // a stray bracket
			path = path[1:]
		default:
			parts, path = append(parts, path[:end]), path[end:]
		}
	}
	return parts
}

func joinPath(parent, path string) string {
	if parent == "" || path == "" {
		return parent + path
	}
	return parent + "." + path
}
