package report

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// maxRoutes is how many routes a neighbor, and all neighbors of an instance together, may have sent to be asked for: 4 ms.
const maxRoutes = 1000

// receivedRoutes lists what the neighbors sent that sent few.
func (s *Scraper) receivedRoutes(ctx context.Context, a *asked, summary status.Summary, tables map[string]string) ([]status.Received, error) {
	var all []status.Received
	for _, family := range slices.Sorted(maps.Keys(summary)) {
		if summary[family].Size > status.Walkable {
			continue
		}
		k := a.received[family]
		if !k.good(tables[family]) {
			routes, err := s.familyRoutes(ctx, a.device, family, summary[family])
			if err != nil {
				return nil, err
			}
			k = known[[]status.Received]{routes, tables[family], time.Now()}
			a.received[family] = k
		}
		all = append(all, k.answer...)
	}
	return all, nil
}

func (s *Scraper) familyRoutes(ctx context.Context, device, family string, table status.Table) ([]status.Received, error) {
	var all []status.Received
	left := int64(maxRoutes)
	for _, name := range slices.Sorted(maps.Keys(table.Peers)) {
		p := table.Peers[name]
		command, ok := status.NeighborRoutesCommand(family, name)
		if !ok || p.Received <= 0 || p.Received > left {
			continue
		}
		left -= p.Received
		answer, err := s.ask(ctx, "bgpd", status.In(device, command))
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
func (s *Scraper) lookUp(ctx context.Context, a *asked, wanted []netip.Prefix, tables map[string]string) (map[netip.Prefix]status.Prefix, error) {
	answers := make(map[netip.Prefix]known[status.Prefix], len(wanted))
	var due []netip.Prefix
	for _, p := range wanted {
		k := a.prefixes[p]
		if _, twice := answers[p]; !twice && !k.good(tables[familyOf(p)]) {
			due = append(due, p)
		}
		answers[p] = k
	}
	slices.SortStableFunc(due, func(x, y netip.Prefix) int { return answers[x].at.Compare(answers[y].at) })
	for _, p := range due {
		if s.lookups >= maxLookups || s.lookups >= minLookups && s.took >= lookupsLimit {
			break
		}
		began := time.Now()
		answer, err := s.ask(ctx, "bgpd", status.In(a.device, status.PrefixCommand(p)))
		if err != nil {
			return nil, err
		}
		prefix, err := status.ParsePrefix(p, answer)
		if err != nil {
			return nil, err
		}
		answers[p] = known[status.Prefix]{prefix, tables[familyOf(p)], time.Now()}
		s.lookups, s.took = s.lookups+1, s.took+time.Since(began)
	}
	a.prefixes = answers
	snapshot := make(map[netip.Prefix]status.Prefix, len(answers))
	for p, k := range answers {
		if !k.at.IsZero() {
			snapshot[p] = k.answer
		}
	}
	return snapshot, nil
}

// total is the number of prefixes in the unicast tables of an instance. In a large one, which is not walked, it is what
// neighbors sent and what the node itself announces.
func (s *Scraper) total(ctx context.Context, a *asked, config *render.Instance, of *status.Instance, tables map[string]string) (int64, error) {
	var total int64
	for family, table := range of.Summary {
		command, ok := status.StatisticsCommand(family)
		switch k := a.totals[family]; {
		case !ok:
			continue
		case table.Size > status.Walkable:
			total += status.Summary{family: table}.Received() + int64(len(config.Import.Mirrored))
		case k.good(tables[family]):
			total += k.answer
		default:
			answer, err := s.ask(ctx, "bgpd", status.In(a.device, command))
			if err != nil {
				return 0, err
			}
			n, err := status.ParseStatistics(answer)
			if err != nil {
				return 0, err
			}
			a.totals[family] = known[int64]{n, tables[family], time.Now()}
			total += n
		}
	}
	return total, nil
}

func familyOf(p netip.Prefix) string {
	if p.Addr().Is4() {
		return "ipv4Unicast"
	}
	return "ipv6Unicast"
}
