//go:build linux

package controlplane

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"time"
)

// fault is one thing that goes wrong with the control plane.
type fault struct {
	name string
	// strike does it, and returns what mends it.
	strike func(*world, *rand.Rand) (mend func())
	// resets are the routers whose sessions it may end, because it changes what is declared of them.
	resets []int
	// lasts is how long it is left at least, before it is mended.
	lasts time.Duration
	// during says, just before it is mended, what should not be.
	during func(*world) error
	// within is how long until all must be as it should be, after it is mended; usually if 0.
	within time.Duration
	// silenced says that it takes an agent away, and addresses wait for that.
	silenced bool
	// long is one that takes too long for a short story.
	long bool
}

// usually is how long until all is as it should be after most faults.
const usually = time.Minute

var all = []int{plain, guarded, selected}

// faults are all there are.
var faults = slices.Concat(ofServer, answers, ofRights, ofObjects, ofStatus, ofLease)

// wanted are those of this story.
func wanted() []fault {
	names := regexp.MustCompile(*only)
	return slices.DeleteFunc(slices.Clone(faults), func(f fault) bool {
		return !names.MatchString(f.name) || f.long && *length < time.Minute
	})
}

// pick is one of them: each once, in an order of the story, before any comes again.
func (w *world) pick(r *rand.Rand) fault {
	if len(w.next) == 0 {
		w.next = wanted()
		r.Shuffle(len(w.next), func(i, j int) { w.next[i], w.next[j] = w.next[j], w.next[i] })
	}
	f := w.next[0]
	w.next = w.next[1:]
	return f
}

// some are one node or both.
func (w *world) some(r *rand.Rand) []*node {
	switch r.IntN(3) {
	case 0:
		return w.nodes[:1]
	case 1:
		return w.nodes[1:]
	}
	return w.nodes
}
