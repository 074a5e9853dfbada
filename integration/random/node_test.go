package random_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
)

func TestNearIsNearAndValid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7473))
	n, lines, changed := random.NewNode(r), 0, 0
	for range 100 {
		near := n.Near(r)
		if !near.Valid() {
			t.Fatalf("%+v is not valid", near)
		}
		a, b := textOf(t, n), textOf(t, near)
		for line := range strings.Lines(a) {
			if lines++; !strings.Contains(b, line) {
				changed++
			}
		}
		n = near
	}
	if changed == 0 || changed > lines/4 {
		t.Errorf("%d of %d lines are not in what is near", changed, lines)
	}
}

// TestShrink looks for what makes one route map of two nodes differ: little is
// left of the nodes.
func TestShrink(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 7473))
	for range 3 {
		a, b := random.NewNode(r), random.NewNode(r)
		fails := func(a, b random.Node) bool {
			return len(a.Links) > 0 && len(b.Spec.Neighbors) > 0 && b.Spec.Neighbors[0].Config.PeerASN > 65000
		}
		if !fails(a, b) {
			continue
		}
		x, y := random.Shrink(a, b, fails)
		if !fails(x, y) {
			t.Fatal("what is left does not fail any more")
		}
		if !reflect.DeepEqual(x.Spec.Global, y.Spec.Global) || len(x.Spec.PeerGroups)+len(y.Spec.PolicyDefinitions)+len(x.ByHand) > 0 ||
			len(x.Links) != 1 || len(x.Links[0].Addresses) > 0 || len(y.Spec.Neighbors) != 1 {
			t.Errorf("there is more left than need be:\n%+v\n%+v", x, y)
		}
		return
	}
	t.Fatal("no nodes to shrink")
}

func TestLeftoversStand(t *testing.T) {
	for _, l := range random.Leftovers {
		entered, stays := random.Node{ByHand: []string{l.Text}}.LeftByHand()
		if entered == "" || strings.Contains(entered, "ASN") || (stays == entered) != l.Stays || stays != "" && !l.Stays {
			t.Errorf("of %q are entered %q and stay %q", l.Text, entered, stays)
		}
	}
}

func textOf(t *testing.T, n random.Node) string {
	t.Helper()
	text, err := n.Text(render.FRR10)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
