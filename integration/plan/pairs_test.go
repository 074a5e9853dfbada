//go:build linux

package plan_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	pairs = flag.Int("pairs", 8, "how many random transitions to try on each version of FRR")
	seed  = flag.Uint64("seed", 1, "of the random transitions")
)

// TestTransitions takes FRR from one random configuration to another, and
// back.
func TestTransitions(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		n := start(t, lab.New(t).Host("node"), v)
		r := rand.New(rand.NewPCG(*seed, 0))
		from := newGenome(r)
		for i := range *pairs {
			to := from.near(r)
			if r.IntN(2) == 0 {
				to = newGenome(r)
			}
			if err := n.transition(t, from.text(t, n.dialect), to.text(t, n.dialect)); err != nil {
				record(t, n, fmt.Sprintf("%d-%d", *seed, i), from, to, err)
			}
			from = to
		}
	})
}

// record shrinks a transition that fails, and keeps it as a test case.
func record(t *testing.T, n *node, name string, from, to genome, failure error) {
	t.Helper()
	for i := range from {
		for _, simpler := range []func(a, b *genome){
			func(a, b *genome) { a[i], b[i] = 0, 0 },
			func(a, b *genome) { b[i] = a[i] },
			func(a, b *genome) { a[i] = b[i] },
		} {
			a, b := from, to
			if simpler(&a, &b); i == geneGlobal && (a[i] == 0 || b[i] == 0) || a == from && b == to {
				continue
			}
			if err := n.transition(t, a.text(t, n.dialect), b.text(t, n.dialect)); err != nil {
				from, to, failure = a, b, err
				break
			}
		}
	}
	file := filepath.Join("testdata", fmt.Sprintf("found-%s-frr-%s.txtar", name, n.Version.Name))
	err := os.WriteFile(file, txtar.Format(&txtar.Archive{
		Comment: fmt.Appendf(nil, "Found by TestTransitions on FRR %s.\n\n", n.Version.Name),
		Files: []txtar.File{
			{Name: "from.conf", Data: []byte(from.text(t, n.dialect))},
			{Name: "to.conf", Data: []byte(to.text(t, n.dialect))},
		},
	}), 0o644)
	t.Errorf("%s (write: %v):\n%v", file, err, failure)
}
