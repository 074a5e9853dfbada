//go:build linux

package transitions_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
)

var (
	count  = flag.Int("transitions", 8, "how many random transitions to listen to, in each lane on each version of FRR")
	seed   = flag.Uint64("seed", 1, "of the random transitions")
	shrink = flag.Bool("shrink", false, "a transition that hurts is shrunk and kept as a test case")
	lanes  = flag.Int("lanes", 2, "how many labs share the random transitions of each version of FRR")
	whole  = flag.Bool("whole", false, "measure the effects of every change on every version of FRR, and not on one in turn")
)

// TestTransitions takes a node from one random configuration to the next, while
// its peers listen.
func TestTransitions(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		side(*lanes, func(lane int) {
			t.Run(fmt.Sprint("lane-", lane), func(t *testing.T) {
				f := newFabric(t, v)
				f.talk = true
				r := rand.New(rand.NewPCG(*seed, uint64(lane)))
				g := newGenome(r)
				f.to(t, g.input(f.dialect), nil)
				for i := range *count {
					next := g.near(r)
					if r.IntN(4) == 0 {
						next = newGenome(r)
					}
					faults := f.transition(t, next.input(f.dialect))
					if faults != nil {
						t.Errorf("%d: %s", i, strings.Join(faults, "\n"))
					}
					if *shrink && t.Failed() {
						f.record(t, fmt.Sprintf("%d-%d-%d", *seed, lane, i), g, next, faults)
						return
					}
					g = next
				}
			})
		})
	})
}

// record shrinks a transition that hurts, if it does so again, and keeps it as
// a test case.
func (f *fabric) record(t *testing.T, name string, from, to genome, faults []string) {
	t.Helper()
	present := f.present
	defer func() { f.to(t, present, nil) }()
	hurts := func(a, b genome) []string {
		f.to(t, a.input(f.dialect), nil)
		return f.transition(t, b.input(f.dialect))
	}
	again := hurts(from, to)
	for i := 0; again != nil && i < geneCount; i++ {
		faults = again
		for _, simpler := range []func(a, b *genome){
			func(a, b *genome) { a[i], b[i] = 0, 0 },
			func(a, b *genome) { b[i] = a[i] },
			func(a, b *genome) { a[i] = b[i] },
		} {
			a, b := from, to
			if simpler(&a, &b); a == from && b == to {
				continue
			}
			if found := hurts(a, b); found != nil {
				from, to, faults = a, b, found
				break
			}
		}
	}
	if again == nil {
		t.Errorf("%s, not seen again:\n%s", name, strings.Join(faults, "\n"))
		return
	}
	file := filepath.Join("testdata", fmt.Sprintf("found-%s-frr-%s.txtar", name, f.Version.Name))
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	err := os.WriteFile(file, txtar.Format(&txtar.Archive{
		Comment: fmt.Appendf(nil, "Found by TestTransitions on FRR %s.\n\n", f.Version.Name),
		Files:   []txtar.File{scene{from.spec(), from.links()}.file("from.yaml"), scene{to.spec(), to.links()}.file("to.yaml")},
	}), 0o644)
	t.Errorf("%s (write: %v):\n%s", file, err, strings.Join(faults, "\n"))
}

// scene is what a node is told, as a file of a test case has it.
type scene struct {
	Spec  v1.BGPConfigurationSpec `json:"spec"`
	Links []render.Link           `json:"links"`
}

func (s scene) file(name string) txtar.File {
	text, err := yaml.Marshal(s)
	if err != nil {
		panic(err) // no test can do without
	}
	return txtar.File{Name: name, Data: text}
}
