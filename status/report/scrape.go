// Package report asks FRR what it does, and writes it down: as the BGPNodeStatus of this node, in the cluster or in a
// file, and as Prometheus metrics.
package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// How much of bgpd's time a scrape may take. bgpd does nothing else while it prints, so no command walks a table that is
// not known to be small.
const (
	// commandTimeout is for a command that takes under a millisecond, behindTimeout for one that has to wait until bgpd has
	// printed what nobody wants any more: to close the connection instead can end it.
	commandTimeout = 2 * time.Second
	behindTimeout  = 8 * time.Second
	// daemonsTimeout is for asking each daemon whether it is there, which may be busy with a large change.
	daemonsTimeout = 5 * time.Second
	// One scrape looks single prefixes up, 0.1 to 0.3 ms each, until that has taken so long, but at least so many, and not
	// more than maxLookups. The rest follows with the next. A path of 15,000 AS numbers takes 13 ms: they end after
	// longestLookups in any case.
	lookupsLimit   = 40 * time.Millisecond
	longestLookups = 500 * time.Millisecond
	minLookups     = 100
	maxLookups     = v1.MaxLocalRoutes
	// maxAge is how long an answer is good for while nothing in the summary has changed; of many prefixes, as long as it takes
	// to ask for one after another, each agePerPrefix: ten thousand would have bgpd answer all the time.
	maxAge       = 30 * time.Second
	agePerPrefix = 30 * time.Millisecond
)

// Shower asks a daemon of FRR a show command. An error may come with an answer, if FRR calls it a warning.
type Shower interface {
	Show(ctx context.Context, daemon, command string) ([]byte, error)
}

// Scraper asks bgpd, and the kernel, for Snapshots. What it learns about single prefixes it keeps as long as the summary
// gives no reason to ask again, so that in quiet times a scrape is two cheap commands for each BGP instance. It is for one
// goroutine.
type Scraper struct {
	// Kernel is nil if the kernel is not to be asked.
	Kernel Kernel
	// Lists is asked for what peers sent, which can be long; nil if FRR is. It should take no answers that are much longer
	// than usual: 4 MB for 1,000 routes.
	Lists Shower

	frr       Shower
	instances map[string]*asked    // by the VRF's device
	spared    map[string]time.Time // until when a family is not asked for its routes, by device and family
	installed known[installed]
	md5       refusals
	behind    bool          // bgpd has an answer under way that was too long
	lookups   int           // of the scrape under way
	took      time.Duration // what they have taken
}

// asked is what was learned of an instance.
type asked struct {
	device   string
	prefixes map[netip.Prefix]known[status.Prefix]
	received map[string]known[[]status.Received] // by family
	totals   map[string]known[int64]             // by family
	nextHops known[map[netip.Addr]status.Route]
}

// known is an answer, and the state of the table that it was given in.
type known[T any] struct {
	answer T
	table  string
	at     time.Time
}

func (k known[T]) good(table string) bool { return k.goodAmong(table, 1) }

// goodAmong is good for one of so many.
func (k known[T]) goodAmong(table string, n int) bool {
	return k.table == table && time.Since(k.at) < max(maxAge, time.Duration(n)*agePerPrefix)
}

// NewScraper makes a Scraper.
func NewScraper(frr Shower) *Scraper {
	return &Scraper{frr: frr, instances: map[string]*asked{}, spared: map[string]time.Time{}}
}

// Scrape asks for what the status of a node with that configuration needs. After an error all is asked again.
func (s *Scraper) Scrape(ctx context.Context, config *render.Config, links []render.Link) (*status.Snapshot, error) {
	if config == nil {
		config = &render.Config{}
	}
	snapshot, err := s.scrape(ctx, config, links)
	if err != nil {
		s.instances = map[string]*asked{}
		return nil, err
	}
	return snapshot, nil
}

func (s *Scraper) scrape(ctx context.Context, config *render.Config, links []render.Link) (*status.Snapshot, error) {
	snapshot := status.Snapshot{VRFs: map[string]status.Instance{}}
	s.lookups, s.took, s.behind = 0, 0, false
	before := s.instances
	s.instances = map[string]*asked{} // a VRF that goes is forgotten
	for _, i := range config.Instances() {
		a := before[i.Device]
		if a == nil {
			a = &asked{device: i.Device, received: map[string]known[[]status.Received]{}, totals: map[string]known[int64]{}}
		}
		s.instances[i.Device] = a
		instance, err := s.instance(ctx, a, i, links)
		switch {
		case err != nil:
			return nil, err
		case i.Device == "":
			snapshot.Instance = instance
		default:
			snapshot.VRFs[i.Device] = instance
		}
	}
	if s.Kernel == nil {
		return &snapshot, nil
	}
	snapshot.Kernel = s.askKernel(ctx, config, links, &snapshot)
	return &snapshot, s.prefer(ctx, config, &snapshot)
}

// instance asks about a BGP instance.
func (s *Scraper) instance(ctx context.Context, a *asked, config *render.Instance, links []render.Link) (status.Instance, error) {
	var out status.Instance
	answer, err := s.ask(ctx, "bgpd", status.In(a.device, status.SummaryCommand))
	if err != nil {
		return out, err
	}
	if out.Summary, err = status.ParseSummary(answer); !inPart(err, &out.Unread) {
		return out, err
	}
	if answer, err = s.ask(ctx, "bgpd", status.In(a.device, status.NeighborsCommand)); err != nil {
		return out, err
	}
	if out.Neighbors, err = status.ParseNeighbors(answer); !inPart(err, &out.Unread) {
		return out, err
	}
	out.Complete()
	s.peerRoutes(ctx, a, out)
	tables := map[string]string{}
	for family, table := range out.Summary {
		tables[family] = fingerprint(table)
	}
	if out.Received, err = s.receivedRoutes(ctx, a, out.Summary, tables); err != nil {
		return out, err
	}
	wanted := status.Wanted(config, links)
	listed := min(len(out.Received), v1.MaxReceivedRoutes)
	if config.Export.Enabled {
		listed = len(out.Received) // each may be one that a rule selects
	}
	for _, r := range out.Received[:listed] {
		wanted = append(wanted, r.Prefix)
	}
	if out.Prefixes, err = s.lookUp(ctx, a, wanted, tables); err != nil {
		return out, err
	}
	if a.device != "" {
		out.Total, err = s.total(ctx, a, config, &out, tables)
	}
	return out, err
}

// inPart reports whether an answer was understood, at least in part, and adds what was not.
func inPart(err error, unread *status.Unread) bool {
	var parts status.Unread
	if errors.As(err, &parts) {
		*unread = append(*unread, parts...)
		return true
	}
	return err == nil
}

func (s *Scraper) ask(ctx context.Context, daemon, command string) ([]byte, error) {
	return s.askOf(ctx, s.frr, daemon, command)
}

func (s *Scraper) askOf(ctx context.Context, frr Shower, daemon, command string) ([]byte, error) {
	limit := commandTimeout
	if s.behind {
		limit = behindTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer, err := frr.Show(ctx, daemon, command)
	if err != nil && !json.Valid(answer) {
		return nil, err
	}
	return answer, nil
}

// fingerprint changes with the table and with who is sent what of it.
func fingerprint(t status.Table) string {
	var b strings.Builder
	fmt.Fprint(&b, t.Version)
	for _, name := range slices.Sorted(maps.Keys(t.Peers)) {
		p := t.Peers[name]
		fmt.Fprint(&b, " ", name, p.State, p.Sent, p.Received)
	}
	return b.String()
}
