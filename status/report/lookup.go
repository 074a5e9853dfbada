package report

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// receivedRoutes lists what the neighbors sent that sent few, as many routes as a status lists.
func (s *Scraper) receivedRoutes(ctx context.Context, summary status.Summary, tables map[string]string) ([]status.Received, error) {
	var all []status.Received
	for _, family := range slices.Sorted(maps.Keys(summary)) {
		if summary[family].Size > status.Walkable {
			continue
		}
		k := s.received[family]
		if !k.good(tables[family]) {
			routes, err := s.familyRoutes(ctx, family, summary[family])
			if err != nil {
				return nil, err
			}
			k = known[[]status.Received]{routes, tables[family], time.Now()}
			s.received[family] = k
		}
		all = append(all, k.answer...)
	}
	return all[:min(len(all), v1.MaxReceivedRoutes)], nil
}

func (s *Scraper) familyRoutes(ctx context.Context, family string, table status.Table) ([]status.Received, error) {
	var all []status.Received
	for _, name := range slices.Sorted(maps.Keys(table.Peers)) {
		p := table.Peers[name]
		command, ok := status.NeighborRoutesCommand(family, name)
		if !ok || p.Received == 0 || p.Received > v1.MaxReceivedRoutes || len(all) >= v1.MaxReceivedRoutes {
			continue
		}
		answer, err := s.ask(ctx, command)
		if err != nil {
			return nil, err
		}
		routes, err := status.ParseReceived(name, answer)
		if err != nil {
			return nil, err
		}
		all = append(all, routes...)
	}
	return all, nil
}

// lookUp is what bgpd says about each prefix: first those that nothing is known of, then those whose answer is the
// oldest. It gives old answers for what has to wait for the next scrape.
func (s *Scraper) lookUp(ctx context.Context, wanted []netip.Prefix, tables map[string]string) (map[netip.Prefix]status.Prefix, error) {
	answers := make(map[netip.Prefix]known[status.Prefix], len(wanted))
	var due []netip.Prefix
	for _, p := range wanted {
		k := s.prefixes[p]
		if _, twice := answers[p]; !twice && !k.good(tables[familyOf(p)]) {
			due = append(due, p)
		}
		answers[p] = k
	}
	slices.SortStableFunc(due, func(a, b netip.Prefix) int { return answers[a].at.Compare(answers[b].at) })
	for _, p := range due[:min(len(due), maxLookups)] {
		answer, err := s.ask(ctx, status.PrefixCommand(p))
		if err != nil {
			return nil, err
		}
		prefix, err := status.ParsePrefix(p, answer)
		if err != nil {
			return nil, err
		}
		answers[p] = known[status.Prefix]{prefix, tables[familyOf(p)], time.Now()}
	}
	s.prefixes = answers
	snapshot := make(map[netip.Prefix]status.Prefix, len(answers))
	for p, k := range answers {
		snapshot[p] = k.answer
	}
	return snapshot, nil
}

func familyOf(p netip.Prefix) string {
	if p.Addr().Is4() {
		return "ipv4Unicast"
	}
	return "ipv6Unicast"
}
