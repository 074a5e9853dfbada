package fleet_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
)

// someNodes have the labels that random selectors ask for, or not, and some of
// them no router ID of their own.
func someNodes(r *rand.Rand) []*corev1.Node {
	var nodes []*corev1.Node
	for i := range 12 {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("n%d", i)}}
		switch r.IntN(4) {
		case 0:
			n.Labels = map[string]string{"zone": "a", "other": n.Name}
		case 1:
			n.Labels = map[string]string{"zone": "b"}
		case 2:
			n.Labels = map[string]string{"zone": ""}
		}
		if r.IntN(4) > 0 {
			n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.9.0.%d", 1+i)}}
		}
		if r.IntN(8) == 0 {
			n.Name += "_"
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// direct is what each node runs, rendered by itself.
func direct(t *testing.T, in fleet.Input) (texts map[string]string, failures map[string]string) {
	texts, failures = map[string]string{}, map[string]string{}
	for _, n := range in.Nodes {
		common := in.Common
		common.Node = n
		config, notes, err := render.Resolve(common)
		if err != nil {
			failures[n.Name] = err.Error()
			continue
		}
		text, err := in.Renderer.Text(config)
		if err != nil {
			t.Fatal(err)
		}
		texts[n.Name] = text.Reveal() + fmt.Sprint(append(notes, config.StartNotes()...))
	}
	return texts, failures
}

func TestEachNodeGetsItsOwnText(t *testing.T) {
	override, err := render.NewRenderer(map[string]string{"operator.tmpl": `{{define "operator"}}{{if hasSuffix "1" .Node}}! {{.Node}} {{.RouterID.Address}}
{{end}}{{end}}`})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	grouped := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 5))
		in := fleet.Input{Nodes: someNodes(r), Renderer: plain, Common: render.Input{
			Objects: render.Objects{Configuration: &v1.BGPConfiguration{Spec: random.Spec(r)}}, Dialect: render.FRR10}}
		if seed%4 == 0 {
			in.Common.Dialect = render.FRR8
		}
		if seed%5 == 0 {
			in.Renderer = override
		}
		texts, failures := direct(t, in)
		r.Shuffle(len(in.Nodes), func(i, j int) { in.Nodes[i], in.Nodes[j] = in.Nodes[j], in.Nodes[i] })
		f, err := fleet.Of(in)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		gotTexts, gotFailures := map[string]string{}, map[string]string{}
		for _, g := range f.Groups {
			for _, m := range g.Members {
				gotTexts[m.Name] = g.Text(m).Reveal() + fmt.Sprint(g.Notes)
			}
			grouped += len(g.Members) - 1
		}
		for _, failure := range f.Failures {
			gotFailures[failure.Node] = failure.Err.Error()
		}
		if diff := cmp.Diff(texts, gotTexts) + cmp.Diff(failures, gotFailures); diff != "" {
			t.Fatalf("seed %d (-rendered by itself +as a member):\n%s", seed, diff)
		}
		if f.Size() != len(in.Nodes) {
			t.Fatalf("seed %d: %d nodes of %d", seed, f.Size(), len(in.Nodes))
		}
	}
	if grouped < 100 {
		t.Errorf("only %d nodes share a group with others", grouped)
	}
}

func TestOrderMeansNothing(t *testing.T) {
	plain, _ := render.NewRenderer(nil)
	r := rand.New(rand.NewPCG(7, 5))
	in := fleet.Input{Nodes: someNodes(r), Renderer: plain, Common: render.Input{
		Objects: render.Objects{Configuration: &v1.BGPConfiguration{Spec: random.Spec(r)}}, Dialect: render.FRR10}}
	shown := func() string {
		f, err := fleet.Of(in)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, g := range f.Groups {
			fmt.Fprintln(&out, g.Nodes(), g.Pattern, g.Notes)
		}
		return out.String()
	}
	first := shown()
	slices.Reverse(in.Nodes)
	if again := shown(); again != first {
		t.Error(cmp.Diff(first, again))
	}
}

func TestWhatIsWrongForAllIsSaidOnce(t *testing.T) {
	plain, _ := render.NewRenderer(nil)
	in := fleet.Input{Nodes: someNodes(rand.New(rand.NewPCG(1, 1))), Renderer: plain}
	if _, err := fleet.Of(in); !errors.Is(err, render.ErrNoConfiguration) {
		t.Error(err)
	}
	in.Common.Configuration = &v1.BGPConfiguration{}
	if _, err := fleet.Of(in); err == nil || strings.Count(err.Error(), "spec.global.asn") != 1 {
		t.Error(err)
	}
}
