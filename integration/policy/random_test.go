//go:build linux

package policy

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

var (
	count = flag.Int("policies", 10, "how many random policies to try")
	seed  = flag.Uint64("seed", 1, "the seed of the first; the next has the next")
)

// TestRandomPolicies gives random policies and routes to both FRRs and to GoBGP.
func TestRandomPolicies(t *testing.T) {
	r := newRig(t)
	accepted := 0
	for i := range uint64(*count) {
		g := &generator{Rand: rand.New(rand.NewPCG(*seed+i, 0))}
		trial := g.trial()
		heard, err := r.try(t.Context(), trial, func(string) bool { return false }, alike)
		if err != nil {
			t.Fatalf("-seed %d: %v\n%s", *seed+i, err, describe(trial))
		}
		for _, name := range []string{"FRR 8.4", "FRR 10.3"} {
			if heard[name] != heard["GoBGP"] {
				t.Errorf("-seed %d: %s\n%s", *seed+i, diff.Diff("GoBGP", []byte(heard["GoBGP"]), name, []byte(heard[name])), describe(trial))
				break
			}
		}
		if heard["GoBGP"] != "" {
			accepted++
		}
	}
	if accepted < *count/4 {
		t.Errorf("of %d policies only %d accept any route", *count, accepted)
	}
}

// describe writes a trial down for people.
func describe(t trial) string {
	text, _ := yaml.Marshal(struct {
		DefinedSets       []v1.DefinedSet
		PolicyDefinitions []v1.PolicyDefinition
		Chain             v1.PolicyAssignment
	}{t.spec.DefinedSets, t.spec.PolicyDefinitions, t.chain})
	out := fmt.Sprintf("%s, from %s to %s\n%s", t.direction, t.from.name, t.to.name, text)
	for _, r := range t.routes {
		out += r.String() + "\n"
	}
	m, err := t.compile(policy.Dialect{DeletesExtCommunities: true})
	lists, entries := routeMap(m)
	return out + lists + entries + fmt.Sprintln(err)
}
