//go:build linux

package status

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// counting asks real FRR, and counts the commands by kind.
type counting struct {
	*vtysh.Client
	single, neighborRoutes, rest int
}

func (c *counting) Show(ctx context.Context, daemon, command string) ([]byte, error) {
	switch {
	case command == status.SummaryCommand, command == status.NeighborsCommand:
		c.rest++
	case strings.Contains(command, " neighbors ") && strings.HasSuffix(command, " routes json"):
		c.neighborRoutes++
	case strings.Contains(command, "/"):
		c.single++
	default:
		c.rest += 1000 // nothing else may be asked
	}
	return c.Client.Show(ctx, daemon, command)
}

// Whatever is in the tables, a scrape asks for little, and for next to nothing when nothing happens.
func TestScrapesAreBounded(t *testing.T) {
	eachVersion(t, testBounded)
}

func testBounded(t *testing.T, n *node) {
	var few, many []listener.Route
	for i := range 150 {
		r := listener.Route{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{20, 0, byte(i), 0}), 24)}
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
	frr := &counting{Client: n.client}
	scraper := report.NewScraper(frr)
	ctx := within(t, 2*patience)
	scrape := func() *status.Snapshot {
		t.Helper()
		began := time.Now()
		*frr = counting{Client: n.client}
		o := n.source()
		s, err := scraper.Scrape(ctx, o.Config, o.Links)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); frr.single > 100 {
			t.Logf("%d lookups took %s", frr.single, took)
		}
		if frr.rest != 2 || frr.single > 500 || frr.neighborRoutes > 1 {
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
		if frr.neighborRoutes != 0 && s.Summary.Received() == 150 {
			t.Fatal("a neighbor that sends many is asked for all")
		}
		if s.Summary.Received() != 150 || len(s.Received) != 0 {
			return "they are listed, or not counted"
		}
		return quiet()
	})
}
