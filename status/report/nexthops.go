package report

import (
	"context"
	"net/netip"
	"time"

	"github.com/k8frr/k8frr/status"
)

// peerRoutes adds to sessions that are down whether FRR has a route to the peer, where its words leave that open. What it answers is
// as long as there are next hops, so it is asked every nextHopsRest, and spared as lists of routes are.
func (s *Scraper) peerRoutes(ctx context.Context, a *asked, of status.Instance) {
	const nextHopsRest = 4 * time.Second
	if !of.NeedsNextHops() {
		return
	}
	spare := a.device + " next hops"
	if now := time.Now(); now.Sub(a.nextHops.at) > nextHopsRest && now.After(s.spared[spare]) {
		answer, err := s.askOf(ctx, s.lists(), "bgpd", status.In(a.device, status.NextHopsCommand))
		var hops map[netip.Addr]status.Route
		if err == nil {
			hops, err = status.ParseNextHops(answer)
		}
		if err != nil { // it is too long, or this release has no such command
			s.spared[spare] = now.Add(spareWhile)
		} else {
			s.spared[spare] = now.Add(spareTimes * time.Since(now))
		}
		a.nextHops = known[map[netip.Addr]status.Route]{answer: hops, at: time.Now()}
	}
	of.Resolve(a.nextHops.answer)
}
