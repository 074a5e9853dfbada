package manifest

import (
	"bytes"
	"regexp"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// lineOf finds the line of a mistake that the YAML decoder gives none for, counted from
// 1; 1 if it is not found.
func (c chunk) lineOf(message string) int {
	if m := anchorName.FindStringSubmatch(message); m != nil && strings.HasPrefix(message, "unknown") {
		alias := regexp.MustCompile(`(?m)^[^#\n]*(?:^|[\s\[{,])\*` + regexp.QuoteMeta(m[1]) + `(?:[\s\]},]|$)`)
		if at := alias.FindIndex(c.text); at != nil {
			return 1 + bytes.Count(c.text[:at[1]-1], []byte("\n"))
		}
		return 1
	} else if m != nil {
		return lineWhere(tree(c.text), func(n *yamlv3.Node) *yamlv3.Node {
			if n.Kind == yamlv3.AliasNode && n.Value == m[1] {
				return n
			}
			return nil
		})
	}
	switch {
	case strings.HasPrefix(message, "invalid map key"):
		return lineWhere(tree(c.text), func(n *yamlv3.Node) *yamlv3.Node {
			for i := 0; n.Kind == yamlv3.MappingNode && i < len(n.Content); i += 2 {
				if key := n.Content[i]; key.Kind == yamlv3.MappingNode || key.Kind == yamlv3.SequenceNode {
					return key
				}
			}
			return nil
		})
	case strings.HasPrefix(message, "map merge"):
		return lineWhere(tree(c.text), func(n *yamlv3.Node) *yamlv3.Node {
			for i := 0; n.Kind == yamlv3.MappingNode && i+1 < len(n.Content); i += 2 {
				if key := n.Content[i]; key.Tag == "!!merge" && n.Content[i+1].Kind == yamlv3.ScalarNode {
					return key
				}
			}
			return nil
		})
	}
	return 1
}

// anchorName finds the name of an anchor in a message of the decoder.
var anchorName = regexp.MustCompile(`^(?:unknown )?anchor '([^']*)'`)

// lineWhere returns the line of the first node that find returns for one of a tree, 1 if
// there is none. It follows no aliases.
func lineWhere(root *yamlv3.Node, find func(*yamlv3.Node) *yamlv3.Node) int {
	left := []*yamlv3.Node{root}
	for len(left) > 0 {
		n := left[len(left)-1]
		left = left[:len(left)-1]
		if n == nil {
			continue
		}
		if found := find(n); found != nil {
			return found.Line
		}
		for i := len(n.Content) - 1; i >= 0; i-- {
			left = append(left, n.Content[i])
		}
	}
	return 1
}
