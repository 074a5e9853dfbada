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

// A peer can make those routes long: one UPDATE of 64 kB makes 1,000 whose paths take bgpd 1.6 s and 161 MB to print, in
// which it does nothing else. So a family is spared for so many times the time that its routes took, and for a while if the
// answer was too long or came too late; then they are counted only.
const (
	spareTimes = 20
	spareWhile = 5 * time.Minute
)

// receivedRoutes lists what the neighbors sent that sent few.
func (s *Scraper) receivedRoutes(ctx context.Context, a *asked, summary status.Summary, tables map[string]string) ([]status.Received, error) {
	var all []status.Received
	for _, family := range slices.Sorted(maps.Keys(summary)) {
		if summary[family].Size > status.Walkable {
			continue
		}
		k, of := a.received[family], a.device+" "+family
		if began := time.Now(); !k.good(tables[family]) && began.After(s.spared[of]) {
			routes, err := s.familyRoutes(ctx, a.device, family, summary[family])
			switch {
			case err != nil && ctx.Err() != nil:
				return nil, err
			case err != nil:
				s.spared[of], s.behind = time.Now().Add(spareWhile), true
			default:
				s.spared[of] = time.Now().Add(spareTimes * time.Since(began))
			}
			k = known[[]status.Received]{routes, tables[family], time.Now()}
			a.received[family] = k
		}
		all = append(all, k.answer...)
	}
	return all, nil
}

// familyRoutes returns what it has of them with the error of one that would not be told.
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
		answer, err := s.askOf(ctx, s.lists(), "bgpd", status.In(device, command))
		if err != nil {
			return all, err
		}
		routes, err := status.ParseReceived(name, answer)
		if err != nil {
			return all, err
		}
		all = append(all, routes...)
	}
	return all, nil
}

func (s *Scraper) lists() Shower {
	if s.Lists != nil {
		return s.Lists
	}
	return s.frr
}

// lookUp is what bgpd says about each prefix: first those that nothing is known of, then those whose answer is the
// oldest. It gives old answers for what has to wait for the next scrape.
func (s *Scraper) lookUp(ctx context.Context, a *asked, wanted []netip.Prefix, tables map[string]string) (map[netip.Prefix]status.Prefix, error) {
	answers := make(map[netip.Prefix]known[status.Prefix], len(wanted))
	var due []netip.Prefix
	for _, p := range wanted {
		k := a.prefixes[p]
		if _, twice := answers[p]; !twice && !k.goodAmong(tables[familyOf(p)], len(wanted)) {
			due = append(due, p)
		}
		answers[p] = k
	}
	slices.SortStableFunc(due, func(x, y netip.Prefix) int { return answers[x].at.Compare(answers[y].at) })
	for _, p := range due {
		if s.lookups >= maxLookups || s.lookups >= minLookups && s.took >= lookupsLimit || s.took >= longestLookups {
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
