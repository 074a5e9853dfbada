//go:build linux

package plan_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
)

var (
	pairs  = flag.Int("pairs", 100, "how many random transitions to try on each version of FRR")
	asked  = flag.Int("oracle", 10, "in how many of them frr-reload.py is asked, too")
	seed   = flag.Uint64("seed", 1, "of the random transitions")
	shrink = flag.Duration("shrink", 2*time.Minute, "how long a transition that fails is made smaller")
	couple = flag.Int("lanes", 3, "how many couples of FRRs of each version run side by side")
)

// TestTransitions takes FRR from one random configuration to another, and
// back. The end of one transition, freshly loaded, is the beginning of the
// next.
func TestTransitions(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		began, o := time.Now(), &oracle{faults: map[string]int{}}
		var all sync.WaitGroup
		for lane := range *couple {
			all.Go(func() {
				t.Run(fmt.Sprint("lane-", lane), func(t *testing.T) { tryPairs(t, v, lane, o) })
			})
		}
		all.Wait()
		t.Logf("%d pairs in %s; %s", *pairs, time.Since(began).Round(time.Second), o)
	})
}

func tryPairs(t *testing.T, v lab.Version, lane int, o *oracle) {
	every := 0
	if *asked > 0 {
		every = max(1, *pairs / *asked)
	}
	l := lab.New(t)
	planned, fresh := start(t, l.Host("one"), v), start(t, l.Host("other"), v)
	r := rand.New(rand.NewPCG(*seed, uint64(lane)))
	from := random.NewNode(r)
	planned.load(t, text(t, from, planned.dialect))
	for i := lane; i < *pairs; i += *couple {
		to := another(r, from)
		tr := way(t, from, to, planned.dialect)
		wanted := fresh.load(t, tr.wanted)
		err := tr.take(t, planned, wanted)
		if err != nil {
			record(t, planned, fresh, fmt.Sprintf("%d-%d", *seed, i), from, to, err)
			fresh.load(t, tr.wanted)
		} else if every > 0 && i%every == 0 {
			tr.consult(t, o, planned, slices.Concat(shown(wanted), left(planned.running(t), tr.stays)), fmt.Sprintf("%d-%d", *seed, i))
		}
		from, planned, fresh = to, fresh, planned
	}
}

// another is a node near to one, or nothing like it.
func another(r *rand.Rand, n random.Node) random.Node {
	if r.IntN(2) == 0 {
		return random.NewNode(r)
	}
	return n.Near(r)
}

// way is the transition between two nodes.
func way(t *testing.T, from, to random.Node, d render.Dialect) *transition {
	entered, stays := from.LeftByHand()
	return &transition{text(t, from, d), text(t, to, d), entered, stays}
}

func text(t *testing.T, n random.Node, d render.Dialect) string {
	t.Helper()
	text, err := n.Text(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// files are the transition as a test case has it.
func (tr *transition) files() []txtar.File {
	return []txtar.File{
		{Name: "from.conf", Data: []byte(tr.from)}, {Name: "to.conf", Data: []byte(tr.wanted)},
		{Name: "by-hand.conf", Data: []byte(tr.byHand)}, {Name: "stays.conf", Data: []byte(tr.stays)},
	}
}

// record shrinks a transition that fails, and keeps it as a test case.
func record(t *testing.T, planned, fresh *node, name string, from, to random.Node, failure error) {
	t.Helper()
	enough := time.Now().Add(*shrink)
	from, to = random.Shrink(from, to, func(a, b random.Node) bool {
		if time.Now().After(enough) {
			return false
		}
		err := way(t, a, b, planned.dialect).judge(t, planned, fresh)
		if err != nil {
			failure = err
		}
		return err != nil
	})
	tr := way(t, from, to, planned.dialect)
	file := filepath.Join("testdata", fmt.Sprintf("found-%s-frr-%s.txtar", name, planned.Version.Name))
	err := os.WriteFile(file, txtar.Format(&txtar.Archive{
		Comment: fmt.Appendf(nil, "Found by TestTransitions on FRR %s.\n\n", planned.Version.Name),
		Files:   tr.files(),
	}), 0o644)
	t.Errorf("%s (write: %v):\n%v", file, err, failure)
}
