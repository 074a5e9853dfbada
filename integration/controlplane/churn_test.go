//go:build linux

package controlplane

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// churn is what became of the service addresses of a node since a round began.
type churn struct {
	stop     func()
	mark     int                  // of the plain router's events
	removals map[netip.Prefix]int // what was taken off
	took     []time.Duration      // until the plain router heard of each change
	late     []string             // changes that it did not hear of in time
}

// late is how long the plain router may hear nothing of a change.
const late = 20 * time.Second

// begin adds and removes service addresses of a node, one after another, each once the router has heard of the one before.
func (n *node) begin(r *rand.Rand) {
	ctx, cancel := context.WithCancel(n.Context())
	c := &n.churn
	*c = churn{mark: n.hears(plain).Mark(), removals: map[netip.Prefix]int{}}
	carried, err := n.carries()
	n.w.must(err)
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			n.change(carried, r)
			select {
			case <-ctx.Done():
			case <-time.After(time.Duration(20+r.IntN(200)) * time.Millisecond):
			}
		}
	})
	c.stop = func() { cancel(); running.Wait() }
}

// change puts one address on, or takes it off.
func (n *node) change(carried map[netip.Prefix]bool, r *rand.Rand) {
	const services = 40
	c, heard := &n.churn, n.hears(plain)
	p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, n.address.As4()[3], byte(1 + r.IntN(services))}), 32)
	ctx, cancel := context.WithTimeout(context.Background(), late)
	defer cancel()
	began := time.Now()
	var err error
	if carried[p] {
		n.try("ip", "address", "del", p.String(), "dev", kubeLB)
		delete(carried, p)
		c.removals[p]++
		_, err = heard.WaitWithdrawn(ctx, p)
	} else {
		n.try("ip", "address", "add", p.String(), "dev", kubeLB)
		carried[p] = true
		_, err = heard.WaitAnnounced(ctx, p)
	}
	if err != nil {
		c.late = append(c.late, fmt.Sprintf("%s: %v", p, err))
		return
	}
	c.took = append(c.took, time.Since(began))
}

// wrong says what a router heard that was never so: withdrawals of what the node still carried.
func (n *node) wrong() string {
	withdrawn := map[netip.Prefix]int{}
	for _, e := range n.hears(plain).Since(n.churn.mark) {
		if e.Kind == listener.Withdrawn {
			withdrawn[e.Prefix]++
		}
	}
	for p, times := range withdrawn {
		if times > n.churn.removals[p] {
			return fmt.Sprintf("%s was withdrawn %d times, and taken off %d times", p, times, n.churn.removals[p])
		}
	}
	return ""
}
