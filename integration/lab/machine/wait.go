//go:build linux

package machine

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// Wait is how a test waits: long for what must happen, since the machine may be busy, and a while for what must not.
type Wait struct {
	testing.TB
	Patience time.Duration // how long anything may take that must happen
	Rest     time.Duration // how long nothing may happen where nothing must
}

// Deadline is a context that ends with the patience, or with the test.
func (w Wait) Deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(w.Context(), w.Patience)
}

// Until waits until something is so, and says how long that took. It looks again soon at first, then less and less often,
// since most looks start a process. If it does not become so, it shows what is instead.
func (w Wait) Until(what string, so func() bool, instead ...func() any) time.Duration {
	w.Helper()
	return w.every(10*time.Millisecond, 200*time.Millisecond, what, so, instead)
}

func (w Wait) every(shortest, longest time.Duration, what string, so func() bool, instead []func() any) time.Duration {
	w.Helper()
	began := time.Now()
	for pause := shortest; !so(); pause = min(pause*3/2, longest) {
		if time.Since(began) > w.Patience {
			for _, is := range instead {
				w.Logf("instead: %v", is())
			}
			w.Fatalf("not within %v: %s", w.Patience, what)
		}
		time.Sleep(pause)
	}
	return time.Since(began)
}

// Stays waits until something is so, makes sure that it stays so for the rest, and says how long the former took.
func (w Wait) Stays(what string, so func() bool, instead ...func() any) time.Duration {
	w.Helper()
	took := w.Until(what, so, instead...)
	time.Sleep(w.Rest)
	if !so() {
		for _, is := range instead {
			w.Logf("instead: %v", is())
		}
		w.Fatalf("it was so for less than %v: %s", w.Rest, what)
	}
	return took
}

// Told waits until a listener has sessions from all these addresses, which have told it all that they had to tell at first.
func (w Wait) Told(heard *listener.Listener, peers ...string) {
	w.Helper()
	ctx, cancel := w.Deadline()
	defer cancel()
	for _, a := range peers {
		peer, family := netip.MustParseAddr(a), bgp.RF_IPv4_UC
		if peer.Is6() {
			family = bgp.RF_IPv6_UC
		}
		if _, err := heard.From(peer).WaitEndOfRIB(ctx, family); err != nil {
			w.Fatalf("no session from %s: %v", a, err)
		}
	}
}

// Hears waits until a listener, or a view of it, hears exactly these prefixes, makes sure that it stays so, and says how
// long the former took.
func (w Wait) Hears(heard interface {
	Announced() map[netip.Prefix]listener.Route
}, prefixes ...string) time.Duration {
	w.Helper()
	want := make([]netip.Prefix, len(prefixes))
	for i, p := range prefixes {
		want[i] = netip.MustParsePrefix(p)
	}
	slices.SortFunc(want, netip.Prefix.Compare)
	have := func() []netip.Prefix {
		return slices.SortedFunc(maps.Keys(heard.Announced()), netip.Prefix.Compare)
	}
	return w.Stays("announced are "+strings.Join(prefixes, " "), func() bool { return slices.Equal(have(), want) }, func() any { return have() })
}

// Installs waits until a host's kernel has exactly these routes of BGP, makes sure that it stays so, and says how long the
// former took. A route is PREFIX, or PREFIX table N, with the devices of one that has several next hops.
func (w Wait) Installs(host *lab.Host, routes ...string) time.Duration {
	w.Helper()
	slices.Sort(routes)
	have := func() []string { return w.installed(host) }
	return w.Stays("the kernel has "+strings.Join(routes, ", "), func() bool { return slices.Equal(have(), routes) }, func() any { return have() })
}

// installed are BGP's routes in all tables of the kernel. The metric that zebra gives them is not mentioned. (In ip's JSON
// the label of an MPLS encapsulation would take the place of the prefix.)
func (w Wait) installed(host *lab.Host) []string {
	w.Helper()
	var have []string
	for _, family := range []string{"-4", "-6"} {
		ctx, cancel := w.Deadline()
		out, err := host.Exec(ctx, "ip", "-oneline", family, "route", "show", "table", "all", "proto", "bgp")
		cancel()
		if err != nil {
			w.Fatal(err)
		}
		for line := range strings.Lines(out) {
			have = append(have, routeOf(strings.Fields(line)))
		}
	}
	slices.Sort(have)
	return have
}

// routeOf is a line of ip route, as Installs has it.
func routeOf(words []string) string {
	text := words[0]
	after := func(word string) string {
		if i := slices.Index(words, word); i >= 0 && i+1 < len(words) {
			return words[i+1]
		}
		return ""
	}
	if table := after("table"); table != "" {
		text += " table " + table
	}
	if slices.Contains(words, "nexthop") {
		for i, word := range words[:len(words)-1] {
			if word == "dev" {
				text += " " + words[i+1]
			}
		}
	}
	if metric := after("metric"); metric != "20" {
		text += " metric " + metric
	}
	return text
}
