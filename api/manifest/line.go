package manifest

import (
	"bytes"
	"regexp"

	yamlv3 "go.yaml.in/yaml/v3"
)

// faultLine finds the line of a mistake that the YAML decoder gives none for, counted
// from 1: an alias without an anchor or within it, a map or a list as a key, a merge with
// no map. It returns 1 if there is none.
func (c chunk) faultLine() int {
	root := tree(c.text)
	if root == nil {
		return c.strayAlias()
	}
	if fault := faultIn(root, map[*yamlv3.Node]bool{}); fault != nil {
		return fault.Line
	}
	return 1
}

// faultIn returns the first node of a tree that the decoder cannot make a value of.
// around are the nodes that it is in.
func faultIn(n *yamlv3.Node, around map[*yamlv3.Node]bool) *yamlv3.Node {
	if n.Kind == yamlv3.AliasNode {
		if around[n.Alias] {
			return n
		}
		return nil
	}
	around[n] = true
	defer delete(around, n)
	for i, child := range n.Content {
		if n.Kind == yamlv3.MappingNode && i%2 == 0 {
			isMerge := child.Tag == "!!merge" && n.Content[i+1].Kind == yamlv3.ScalarNode
			if isMerge || child.Kind == yamlv3.MappingNode || child.Kind == yamlv3.SequenceNode {
				return child
			}
		}
		if fault := faultIn(child, around); fault != nil {
			return fault
		}
	}
	return nil
}

// reference is an anchor (&name) or an alias (*name), where no comment may be before it.
var reference = regexp.MustCompile(`(?:^|[\s\[{,])([&*])([^\s\[\]{},]+)`)

// strayAlias returns the line of the first alias without an anchor before it, 1 if there
// is none.
func (c chunk) strayAlias() int {
	known := map[string]bool{}
	line := 0
	for row := range bytes.Lines(c.text) {
		line++
		if at := bytes.IndexByte(row, '#'); at >= 0 {
			row = row[:at]
		}
		for _, m := range reference.FindAllSubmatch(row, -1) {
			switch name := string(m[2]); {
			case m[1][0] == '&':
				known[name] = true
			case !known[name]:
				return line
			}
		}
	}
	return 1
}
