// Package report asks FRR what it does, and writes it down: as the BGPNodeStatus of this node, in the cluster or in a
// file, and as Prometheus metrics.
package report

import (
	"context"
	"encoding/json"
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
	// commandTimeout is for a command that takes under a millisecond.
	commandTimeout = 2 * time.Second
	// daemonsTimeout is for asking each daemon whether it is there, which may be busy with a large change.
	daemonsTimeout = 5 * time.Second
	// maxLookups bounds the lookups of single prefixes, 0.2 ms each, of one scrape. The rest follows with the next.
	maxLookups = v1.MaxLocalRoutes
	// maxAge is how long an answer about a prefix is good for while nothing in the summary has changed.
	maxAge = 30 * time.Second
)

// Shower asks a daemon of FRR a show command. An error may come with an answer, if FRR calls it a warning.
type Shower interface {
	Show(ctx context.Context, daemon, command string) ([]byte, error)
}

// Scraper asks bgpd for Snapshots. What it learns about single prefixes it keeps as long as the summary gives no reason
// to ask again, so that in quiet times a scrape is two cheap commands. It is for one goroutine.
type Scraper struct {
	frr      Shower
	prefixes map[netip.Prefix]known[status.Prefix]
	received map[string]known[[]status.Received] // by family
}

// known is an answer, and the state of the table that it was given in.
type known[T any] struct {
	answer T
	table  string
	at     time.Time
}

func (k known[T]) good(table string) bool { return k.table == table && time.Since(k.at) < maxAge }

// NewScraper makes a Scraper.
func NewScraper(frr Shower) *Scraper {
	s := &Scraper{frr: frr}
	s.forget()
	return s
}

func (s *Scraper) forget() {
	s.prefixes = map[netip.Prefix]known[status.Prefix]{}
	s.received = map[string]known[[]status.Received]{}
}

// Scrape asks bgpd for what the status of a node with that configuration needs. After an error all is asked anew.
func (s *Scraper) Scrape(ctx context.Context, config *render.Config, links []render.Link) (*status.Snapshot, error) {
	snapshot, err := s.scrape(ctx, status.Wanted(config, links))
	if err != nil {
		s.forget()
		return nil, err
	}
	return snapshot, nil
}

func (s *Scraper) scrape(ctx context.Context, wanted []netip.Prefix) (*status.Snapshot, error) {
	var snapshot status.Snapshot
	answer, err := s.ask(ctx, status.SummaryCommand)
	if err != nil {
		return nil, err
	}
	if snapshot.Summary, err = status.ParseSummary(answer); err != nil {
		return nil, err
	}
	if answer, err = s.ask(ctx, status.NeighborsCommand); err != nil {
		return nil, err
	}
	if snapshot.Neighbors, err = status.ParseNeighbors(answer); err != nil {
		return nil, err
	}
	tables := map[string]string{}
	for family, table := range snapshot.Summary {
		tables[family] = fingerprint(table)
	}
	if snapshot.Received, err = s.receivedRoutes(ctx, snapshot.Summary, tables); err != nil {
		return nil, err
	}
	for _, r := range snapshot.Received {
		wanted = append(wanted, r.Prefix)
	}
	if snapshot.Prefixes, err = s.lookUp(ctx, wanted, tables); err != nil {
		return nil, err
	}
	return &snapshot, nil
}

func (s *Scraper) ask(ctx context.Context, command string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	answer, err := s.frr.Show(ctx, "bgpd", command)
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
