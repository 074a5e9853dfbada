//go:build linux

package status

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// allowed are all commands that a scrape may send, each with the daemon that it goes to. None of them prints a table, or
// walks one that is not known to be small: statistics are of VRFs, and of tables of at most 10,000 prefixes.
var allowed = regexp.MustCompile(`^(` +
	`bgpd: show bgp( vrf [a-z0-9-]+)? (summary|neighbors|nexthop) json|` +
	`bgpd: show bgp( vrf [a-z0-9-]+)? ipv[46] unicast [0-9a-f.:]+/[0-9]+ json|` +
	`bgpd: show bgp( vrf [a-z0-9-]+)? ipv[46] unicast neighbors [0-9a-z.:]+ routes json|` +
	`bgpd: show bgp vrf [a-z0-9-]+ ipv[46] unicast statistics json|` +
	`zebra: show ipv?6? route [0-9a-f.:]+/[0-9]+ json)$`)

// counting asks real FRR, and counts the commands by kind.
type counting struct {
	*vtysh.Client
	t                                      *testing.T
	single, neighborRoutes, nextHops, rest int
}

func (c *counting) Show(ctx context.Context, daemon, command string) ([]byte, error) {
	if !allowed.MatchString(daemon + ": " + command) {
		c.t.Errorf("a scrape asks %s %q", daemon, command)
	}
	switch {
	case strings.HasSuffix(command, " routes json"):
		c.neighborRoutes++
	case strings.Contains(command, "/"):
		c.single++
	case strings.HasSuffix(command, " nexthop json"):
		c.nextHops++
	default:
		c.rest++
	}
	return c.Client.Show(ctx, daemon, command)
}

// Whatever is in the tables, a scrape asks for little, and for next to nothing when nothing happens.
func TestScrapesAreBounded(t *testing.T) {
	eachVersion(t, testBounded)
}

func testBounded(t *testing.T, n *node) {
	var few, many []listener.Route
	for i := range 1100 {
		r := listener.Route{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{20, byte(i >> 8), byte(i), 0}), 24)}
		if many = append(many, r); i < 50 {
			few = append(few, r)
		}
	}
	var vips []netip.Prefix
	for i := range 600 {
		vips = append(vips, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 200, byte(i >> 8), byte(i)}), 32))
	}
	n.addVIP(vips...)
	if err := n.tor.Announce(few...); err != nil {
		t.Fatal(err)
	}
	frr := &counting{Client: n.client, t: t}
	scraper := report.NewScraper(frr)
	ctx := within(t, 2*patience)
	scrape := func() *status.Snapshot {
		t.Helper()
		began := time.Now()
		*frr = counting{Client: n.client, t: t}
		o := n.source()
		s, err := scraper.Scrape(ctx, o.Config, o.Links)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); frr.single > 100 {
			t.Logf("%d lookups took %s", frr.single, took)
		}
		if frr.rest != 2 || frr.nextHops > 1 || frr.single > 500 || frr.neighborRoutes > 1 {
			t.Fatalf("one scrape asked %d prefixes, %d neighbors for routes, and %d other commands", frr.single, frr.neighborRoutes, frr.rest)
		}
		return s
	}
	local := func(s *status.Snapshot) (n int) {
		for _, p := range s.Prefixes {
			if _, ok := p.Sourced(); ok {
				n++
			}
		}
		return n
	}
	quiet := func() string {
		s := scrape()
		if frr.single != 0 || frr.neighborRoutes != 0 || local(s) != 600 {
			return "it still asks"
		}
		return ""
	}
	eventually(t, patience, "few routes", func() string {
		if s := scrape(); len(s.Received) != 50 {
			return "they are not listed"
		}
		return quiet()
	})
	if err := n.tor.Announce(many...); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "many routes", func() string {
		s := scrape()
		if frr.neighborRoutes != 0 && s.Summary.Received() == 1100 {
			t.Fatal("a neighbor that sends many is asked for all")
		}
		if s.Summary.Received() != 1100 || len(s.Received) != 0 {
			return "they are listed, or not counted"
		}
		return quiet()
	})
}
