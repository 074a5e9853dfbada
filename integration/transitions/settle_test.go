//go:build linux

package transitions_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
)

// expected is what a router has to be for its session.
type expected struct {
	asn uint32
	key string
	up  bool
}

// sessions are those that a configuration and what is done to it by hand make.
func (f *fabric) sessions(c *render.Config, drift string) map[string]expected {
	all := map[string]expected{}
	for _, n := range c.Neighbors {
		key := n.Password
		if i := slices.IndexFunc(c.PeerGroups, func(g render.PeerGroup) bool { return g.Name == n.PeerGroup }); i >= 0 && key.IsZero() {
			key = c.PeerGroups[i].Password
		}
		up := !n.AdminDown && len(n.Families) > 0 && !strings.Contains(drift, n.ID+" shutdown")
		if strings.Contains(drift, n.ID+" password other") {
			key = render.NewSecret("other")
		}
		all[n.ID] = expected{uint32(n.PeerASN), key.Reveal(), up}
	}
	for _, r := range c.Ranges {
		i := slices.IndexFunc(c.PeerGroups, func(g render.PeerGroup) bool { return g.Name == r.PeerGroup })
		if g := c.PeerGroups[i]; r.Prefix.Contains(netip.MustParseAddr(dynamic)) {
			all[dynamic] = expected{uint32(g.PeerASN), g.Password.Reveal(), len(g.Families) > 0}
		}
	}
	return all
}

// adjust makes the routers expect what the node is told, and returns those
// whose session must come up.
func (f *fabric) adjust(t *testing.T, c *render.Config, drift string) map[string]bool {
	t.Helper()
	up := map[string]bool{}
	for peer, want := range f.sessions(c, drift) {
		r := f.routers[peer]
		up[peer] = want.up
		if r.ear != nil && r.key == want.key && r.asn == want.asn {
			continue
		}
		r.collect()
		if r.ear != nil {
			r.ear.Close()
		}
		r.key, r.asn = want.key, want.asn
		config := listener.Config{ASN: r.asn}
		if r.key != "" {
			config.Passwords = map[netip.Addr]string{r.remote: r.key}
		}
		r.ear, r.mark = listen(t, r.host, config), 0
		if f.talk {
			if err := r.ear.Announce(r.routes()...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return up
}

// listen starts a listener where one has just ended. Its socket may outlive it
// for a moment, in a process that is just being forked.
func listen(t *testing.T, host *lab.Host, config listener.Config) *listener.Listener {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		ear, err := listener.Start(host, config)
		if err == nil {
			return ear
		}
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// settle waits until the sessions are up that must be, an edited route map has
// acted, and nobody has said anything for a while. It tells what does not come
// to be.
func (f *fabric) settle(t *testing.T, applied time.Time, up map[string]bool) (faults []string) {
	t.Helper()
	ctx := within(t, settling)
	for peer, r := range f.routers {
		if !up[peer] {
			continue
		}
		if _, err := r.established(ctx, peer); err != nil {
			state, _ := f.Vtysh(within(t, settling), "show bgp neighbors "+peer)
			faults = append(faults, fmt.Sprintf("%s: %v\n%s\n%s", peer, err, state, f.running(t)))
		}
	}
	for peer, r := range f.routers {
		for up[peer] && !r.begun() && ctx.Err() == nil {
			_, _ = r.established(ctx, peer) // again, if it has ended meanwhile
			time.Sleep(20 * time.Millisecond)
		}
	}
	// bgp route-map delay-timer 1
	time.Sleep(time.Until(applied.Add(1500 * time.Millisecond)))
	f.silent(t, ctx, 900*time.Millisecond)
	for peer, r := range f.routers {
		r.collect()
		if r.ear != nil && up[peer] != (len(r.ear.Established()) > 0) {
			faults = append(faults, fmt.Sprintf("session with %s: must be up: %v, is up: %v", peer, up[peer], !up[peer]))
		}
	}
	return faults
}

// established waits for the session of a router. FRR 8.4 does not connect to a
// link-local address, and no version to a range, but both accept: there the
// router has to.
func (r *router) established(ctx context.Context, peer string) (listener.Event, error) {
	for (peer == linkLocal || peer == dynamic) && len(r.ear.Established()) == 0 && ctx.Err() == nil {
		node := netip.AddrPortFrom(r.remote, 179)
		if peer == linkLocal {
			node = netip.AddrPortFrom(r.remote.WithZone(strconv.Itoa(r.index)), 179)
		}
		_ = r.ear.Dial(ctx, node) // not before the node has done with the last session
		time.Sleep(300 * time.Millisecond)
	}
	return r.ear.WaitEstablished(ctx)
}

// begun reports whether a router has heard the first routes of its session to
// their end (RFC 4724 section 2).
func (r *router) begun() bool {
	for _, e := range slices.Backward(r.ear.Events()) {
		switch e.Kind {
		case listener.EndOfRIB:
			return true
		case listener.Established:
			return false
		}
	}
	return false
}

// settling is how long that may take. It is long because the machine may be busy.
const settling = 2 * time.Minute

// silent waits until nobody has said anything for a while in which bgpd had the processor: it answers at the end of it, and
// says nothing after that. What is due on a busy machine is else heard in the next transition.
func (f *fabric) silent(t *testing.T, ctx context.Context, while time.Duration) {
	t.Helper()
	for ctx.Err() == nil {
		for f.quiet() < while && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		f.turn(t)
		if f.quiet() >= while {
			return
		}
	}
}

// turn waits until bgpd has done what was due when it began: it answers between two events.
func (f *fabric) turn(t *testing.T) {
	t.Helper()
	for range 2 {
		if _, err := f.Ask(within(t, patience), "bgpd", "show version"); err != nil {
			t.Fatal(err)
		}
	}
}

// quiet is how long ago the last event was.
func (f *fabric) quiet() time.Duration {
	least := time.Hour
	for _, r := range f.routers {
		if r.ear == nil {
			continue
		}
		if events := r.ear.Events(); len(events) > 0 {
			least = min(least, time.Since(events[len(events)-1].At))
		}
	}
	return least
}
