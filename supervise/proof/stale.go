package proof

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// stale is a prefix that zebra has routes for which stayed when an address of an
// interface went. zebra 10.x keeps its connected and its local route permanently if
// staticd goes at that moment; when the address returns, the local one that
// stayed hides the new connected one. Nothing but a restart of zebra, which
// would do much more harm, makes it forget. So the prefix is kept from being
// announced, or let through whatever zebra chooses, as the interface carries it.
type stale struct {
	link   string
	prefix netip.Prefix
}

// mostAsked is how many single prefixes zebra is asked about at a time: when it
// lacks more, it is for another reason.
const mostAsked = 100

// staleIn says of what interface zebra's route for a prefix is stale: it is
// connected to one that does not carry the prefix, or, to one that does, by
// another route than that of the address, which zebra may have lost altogether:
// then it has our static route.
func (pr *Proof) staleIn(ctx context.Context, c Claim, i *render.Instance, f family, p netip.Prefix) (stale, error) {
	var table map[netip.Prefix][]struct {
		Protocol string `json:"protocol"`
		Selected bool   `json:"selected"`
		Nexthops []struct {
			Interface string `json:"interfaceName"`
		} `json:"nexthops"`
	}
	if err := pr.show(ctx, "zebra", fmt.Sprintf("show %s route%s %s json", f.command, ofVRF(i), p), &table); err != nil {
		return stale{}, err
	}
	for _, route := range table[p] {
		if !route.Selected || len(route.Nexthops) == 0 || !slices.Contains([]string{"connected", "local", "static"}, route.Protocol) {
			continue
		}
		name := route.Nexthops[0].Interface
		for _, l := range c.Links {
			if l.Name == name && l.VRF == i.Device && (route.Protocol == "local" || carries(l, p) == (route.Protocol == "static")) {
				return stale{name, p}, nil
			}
		}
	}
	return stale{}, nil
}

// staleAmong are those of some prefixes, which bgpd lacks or has too much, that
// are stale.
func (pr *Proof) staleAmong(ctx context.Context, c Claim, i *render.Instance, f family, prefixes []netip.Prefix) ([]stale, error) {
	var found []stale
	for _, p := range prefixes[:min(mostAsked, len(prefixes))] {
		lost, err := pr.staleIn(ctx, c, i, f, p)
		if err != nil {
			return nil, err
		}
		if lost != (stale{}) {
			found = append(found, lost)
		}
	}
	return found, nil
}

// Recall remembers what an agent before this one found to be stale, as FRR's
// configuration still says and zebra still has: otherwise it would be announced
// until it is found once more.
func (pr *Proof) Recall(ctx context.Context, c Claim) error {
	for _, i := range c.Config.Instances() {
		for _, f := range families {
			stayed, err := pr.staleAmong(ctx, c, i, f, keptBack(c.Running, i, f))
			if err != nil {
				return err
			}
			for _, lost := range stayed {
				pr.remember(lost)
			}
		}
	}
	pr.recalled = true
	return nil
}

// Recalled reports whether that has been done.
func (pr *Proof) Recalled() bool { return pr.recalled }

// keptBack are the prefixes that an instance is kept from announcing.
func keptBack(running string, i *render.Instance, f family) []netip.Prefix {
	var list []netip.Prefix
	for line := range strings.Lines(running) {
		rest, ok := strings.CutPrefix(line, f.command+" prefix-list "+render.StaleList(i)+" seq ")
		if _, text, permitted := strings.Cut(rest, " permit "); ok && permitted {
			if p, err := netip.ParsePrefix(strings.TrimSpace(text)); err == nil && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

func carries(l render.Link, p netip.Prefix) bool {
	return slices.ContainsFunc(l.Addresses, func(a render.Address) bool { return a.Prefix.Masked() == p })
}

// remember has what is stale be in what is desired from now on.
func (pr *Proof) remember(lost stale) {
	if pr.stale == nil {
		pr.stale = map[stale]bool{}
	}
	pr.stale[lost] = true
}

// departed remembers what zebra keeps of addresses that have gone since the last call: of an IPv6 address with a peer, on
// every version, the connected route to the peer and from 10.x on the local one to the address itself, permanently. Were that
// found out only by asking zebra, it would be announced until then.
func (pr *Proof) departed(links []render.Link) {
	paired := map[stale]bool{}
	for _, l := range links {
		for _, a := range l.Addresses {
			if a.Peer.IsValid() && a.Peer.Addr().Is6() {
				paired[stale{l.Name, a.Peer.Masked()}] = true
				paired[stale{l.Name, a.Prefix.Masked()}] = true
			}
		}
	}
	for gone := range pr.paired {
		if !paired[gone] {
			pr.remember(gone)
		}
	}
	pr.paired = paired
}

// WithStale adds to interfaces what zebra has of them besides. An interface that
// goes takes that along.
func (pr *Proof) WithStale(links []render.Link) []render.Link {
	pr.departed(links)
	if len(pr.stale) == 0 {
		return links
	}
	links = slices.Clone(links)
	for lost := range pr.stale {
		k := slices.IndexFunc(links, func(l render.Link) bool { return l.Name == lost.link })
		if k < 0 {
			delete(pr.stale, lost)
			continue
		}
		links[k].Stale = append(links[k].Stale, lost.prefix)
	}
	return links
}
