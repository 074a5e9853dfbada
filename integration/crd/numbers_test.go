package crd

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// TestSchemaFitsTypes compares the schema with the Go types. One stored object with a
// number that a client's type cannot hold, a negative one in an unsigned field, makes
// every list of a typed client fail: the agents of all nodes would be blind.
func TestSchemaFitsTypes(t *testing.T) {
	for file, object := range map[string]any{
		"bgp.purelb.io_configs.yaml":         v1.BGPConfiguration{},
		"bgp.purelb.io_bgpnodestatuses.yaml": v1.BGPNodeStatus{},
	} {
		data, err := os.ReadFile(filepath.Join(definitions, file))
		if err != nil {
			t.Fatal(err)
		}
		var definition struct {
			Spec struct {
				Versions []struct {
					Schema struct {
						OpenAPIV3Schema schema `json:"openAPIV3Schema"`
					} `json:"schema"`
				} `json:"versions"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(data, &definition); err != nil {
			t.Fatal(err)
		}
		compare(t, file+": ", definition.Spec.Versions[0].Schema.OpenAPIV3Schema, reflect.TypeOf(object))
	}
}

type schema struct {
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Format     string            `json:"format"`
	Minimum    *float64          `json:"minimum"`
	Maximum    *float64          `json:"maximum"`
	AllOf      []schema          `json:"allOf"` // what a field and its type each say
}

// within reports whether the schema bounds a number from below and from above.
func (s schema) within(low, high float64) bool {
	above, below := false, s.Format == "int32" && high >= math.MaxInt32
	for _, part := range append(s.AllOf, s) {
		above = above || part.Minimum != nil && *part.Minimum >= low
		below = below || part.Maximum != nil && *part.Maximum <= high
	}
	return above && below
}

func compare(t *testing.T, path string, s schema, typ reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer:
		compare(t, path, s, typ.Elem())
	case reflect.Slice:
		if s.Items == nil {
			t.Errorf("%s is a list in Go and not in the schema", path)
			return
		}
		compare(t, path+"[]", *s.Items, typ.Elem())
	case reflect.Struct:
		if typ.PkgPath() != reflect.TypeFor[v1.BGPConfiguration]().PkgPath() {
			return // Kubernetes' own
		}
		for field := range typ.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" {
				compare(t, path, s, field.Type) // inline
				continue
			}
			property, ok := s.Properties[name]
			if !ok {
				t.Errorf("%s.%s is in Go and not in the schema", path, name)
				continue
			}
			compare(t, path+"."+name, property, field.Type)
		}
	case reflect.Uint32:
		if !s.within(0, math.MaxUint32) {
			t.Errorf("%s has 32 bits without sign in Go, and in the schema other bounds than 0 and %d", path, uint32(math.MaxUint32))
		}
	case reflect.Int32:
		if s.Format != "int32" {
			t.Errorf("%s has 32 bits in Go and the format %q in the schema", path, s.Format)
		}
	}
}
