package supervise

import (
	"fmt"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// prepared are the configurations that were last rendered, what is declared and
// the last good one, so that each is checked and compiled once and not at every
// event: an address that goes must not wait for a megabyte of policies.
type prepared struct {
	known [2]*preparedFor
	// coming is what is being prepared; nil if nothing is.
	coming *preparing
	// passes has what is prepared make way for passes.
	passes way
}

type preparedFor struct {
	*render.Prepared
	node *corev1.Node
}

// preparing is a configuration that a goroutine prepares.
type preparing struct {
	configuration *v1.BGPConfiguration
	node          *corev1.Node
	done          chan struct{}
	result        *render.Prepared // to be read when done is closed
	// waited is set when a pass has waited for it.
	waited bool
}

// preparedWithin is how long a pass waits for a new configuration. After that it and
// later passes continue with the running configuration.
const preparedWithin = 50 * time.Millisecond

// find returns the configuration of objects as it was prepared before, nil if it was not. The
// node counts, too: the bounds of a compilation hold for the policies of one.
func (p *prepared) find(objects render.Objects) *render.Prepared {
	for i, known := range p.known {
		if known != nil && known.Of(objects.Configuration) && sameNode(known.node, objects.Node) {
			p.known[0], p.known[i] = known, p.known[0]
			return known.Prepared
		}
	}
	return nil
}

// start prepares the configuration of objects in a goroutine, after any other one. It calls notify when
// that is done, and returns nil if another configuration is still being prepared.
func (p *prepared) start(objects render.Objects, notify func()) *preparing {
	c := p.coming
	switch {
	case c != nil && render.SameSpec(c.configuration, objects.Configuration) && sameNode(c.node, objects.Node):
		return c
	case c != nil:
		select {
		case <-c.done:
		default:
			return nil
		}
	}
	c = &preparing{configuration: objects.Configuration, node: objects.Node, done: make(chan struct{})}
	p.coming = c
	go func() {
		c.result = render.Prepare(c.configuration, p.passes.yielding(mostYielded))
		close(c.done)
		notify()
	}()
	return c
}

// take keeps what a goroutine has prepared.
func (p *prepared) take(c *preparing) *render.Prepared {
	p.known[1] = p.known[0]
	p.known[0] = &preparedFor{c.result, c.node}
	p.coming = nil
	return c.result
}

// ready reports whether the configuration of objects is prepared. If it is not within a moment, there is another
// pass when it is.
func (s *Supervisor) ready(objects render.Objects) bool {
	if objects.Configuration == nil || s.prepared.find(objects) != nil {
		return true
	}
	coming := s.prepared.start(objects, s.LookAgain)
	if coming == nil {
		return false
	}
	within := preparedWithin
	if coming.waited {
		within = 0
	}
	coming.waited = true
	if !s.prepared.await(coming, within) {
		return false
	}
	s.prepared.take(coming)
	return true
}

// await waits for what is being prepared, for some time or, if that is negative, for
// as long as it takes. It reports whether it is prepared.
func (p *prepared) await(c *preparing, within time.Duration) bool {
	select {
	case <-c.done:
		return true
	default:
	}
	var late <-chan time.Time
	if within == 0 {
		return false
	} else if within > 0 {
		late = time.After(within)
	}
	defer p.passes.pause()()
	select {
	case <-c.done:
		return true
	case <-late:
		return false
	}
}

// checkingError says that a generation is still being checked.
type checkingError int64

func (e checkingError) Error() string { return fmt.Sprintf("generation %d is being checked", int64(e)) }

// NotYet reports that this is nobody's mistake.
func (checkingError) NotYet() bool { return true }

// prepare returns the configuration of objects, prepared.
func (s *Supervisor) prepare(objects render.Objects) *render.Prepared {
	if known := s.prepared.find(objects); known != nil {
		return known
	}
	if coming := s.prepared.start(objects, s.LookAgain); coming != nil {
		s.prepared.await(coming, -1)
		return s.prepared.take(coming)
	}
	return s.prepared.take(&preparing{configuration: objects.Configuration, node: objects.Node, result: render.Prepare(objects.Configuration, nil)})
}

func sameNode(a, b *corev1.Node) bool { return a == b || reflect.DeepEqual(a, b) }
