package fields

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/deploy/crd"
)

// Size is a limit of the schema, and the fields of a spec that have it.
type Size struct {
	// Limit is the limit in words: "64 members".
	Limit  string
	Fields []string
}

// schemaNode is the part of an OpenAPI schema that sizes are in.
type schemaNode struct {
	Type          string                `json:"type"`
	Enum          []any                 `json:"enum"`
	MaxItems      int                   `json:"maxItems"`
	MaxLength     int                   `json:"maxLength"`
	MaxProperties int                   `json:"maxProperties"`
	Properties    map[string]schemaNode `json:"properties"`
	Additional    *schemaNode           `json:"additionalProperties"`
	Items         *schemaNode           `json:"items"`
}

// Sizes returns the limits of the lists, maps and texts of a spec, the largest limits last.
func Sizes() []Size {
	found := map[size][]string{}
	specSchema().walk("", func(name string, s size) { found[s] = append(found[s], name) })
	var out []Size
	for _, s := range slices.SortedFunc(maps.Keys(found), func(a, b size) int {
		return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.limit, b.limit))
	}) {
		slices.Sort(found[s])
		out = append(out, Size{s.String(), slices.Compact(found[s])})
	}
	return out
}

// size is a limit; 0 stands for none.
type size struct {
	what  string
	limit int
}

func (s size) String() string { return fmt.Sprintf("%d %s", s.limit, s.what) }

// walk calls a function for each list, map and text that no enumeration limits.
func (n schemaNode) walk(name string, visit func(string, size)) {
	switch n.Type {
	case "string":
		if n.Enum == nil {
			visit(name, size{"characters", n.MaxLength})
		}
	case "array":
		visit(name, size{"members", n.MaxItems})
		n.Items.walk(name, visit)
	}
	if n.Additional != nil {
		visit(name, size{"members", n.MaxProperties})
		n.Additional.walk(name, visit)
	}
	for _, child := range slices.Sorted(maps.Keys(n.Properties)) {
		path := child
		if name != "" {
			path = name + "." + child
		}
		n.Properties[child].walk(path, visit)
	}
}

// specSchema is the schema of a BGPConfiguration's spec.
func specSchema() schemaNode {
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPI schemaNode `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(crd.BGPConfiguration, &definition); err != nil {
		panic(err) // the definition is a part of the program
	}
	return definition.Spec.Versions[0].Schema.OpenAPI.Properties["spec"]
}
