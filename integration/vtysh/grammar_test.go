//go:build linux

package vtysh_test

import (
	"flag"
	"math/rand/v2"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
)

var configurations = flag.Int("configurations", 16, "how many random configurations vtysh checks per version")

// odd are strings that pass for a name or a text, and that a parser could
// stumble over.
var odd = []string{
	"!", "#", "exit", "no", "end", "a|b", "x;y", `"quoted"`, `\`, "?", "$(x)", "`x`", "{{.}}", "%s", "'", "seq", "permit", "any",
	"ünïcode", "日本", "a | include b", "! no comment", "  two  blanks ", "line\nneighbor 10.0.0.1 shutdown", "route-map", "1", "-1",
}

// TestWholeConfigurations has vtysh's own grammar judge configurations with
// every field in them, and odd strings for texts and names.
func TestWholeConfigurations(t *testing.T) {
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			f := lab.New(t).Host("node").FRR(version) // not started: the grammar is vtysh's
			vtysh := client(t, f)
			dialect, err := render.DialectOf(version.Name)
			if err != nil {
				t.Fatal(err)
			}
			checked := 0
			for seed := range uint64(*configurations) {
				r := rand.New(rand.NewPCG(seed, 7473))
				spec := random.Spec(r)
				putOdd(r, reflect.ValueOf(&spec).Elem())
				config, _, err := render.Resolve(render.Input{
					Objects: render.Objects{
						Configuration: &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "default"}, Spec: spec},
						Node: &corev1.Node{
							ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"zone": "a"}},
							Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.1.0.9"}}},
						},
					},
					Dialect: dialect,
				})
				if err != nil {
					continue // refused before FRR sees it
				}
				text, err := renderer.Text(config)
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if err := vtysh.Check(t.Context(), text.Reveal()); err != nil {
					t.Errorf("seed %d: %v in\n%s", seed, err, text)
				}
				checked++
			}
			if checked < *configurations/4 {
				t.Errorf("only %d of %d configurations came as far as FRR", checked, *configurations)
			}
		})
	}
}

// putOdd puts odd strings in the place of descriptions and passwords, and of
// names that nothing refers to.
func putOdd(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			putOdd(r, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			putOdd(r, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Field(i).Kind() == reflect.String && (name == "Description" || name == "AuthPassword") && r.IntN(2) == 0 {
				v.Field(i).SetString(odd[r.IntN(len(odd))])
				continue
			}
			putOdd(r, v.Field(i))
		}
	}
}
