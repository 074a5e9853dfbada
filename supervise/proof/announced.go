package proof

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/status"
)

// young is the age up to which a session may yet be telling its peer all that it
// has for the first time: bgpd puts that off by a second, and by more the more
// peers there are, up to ten (`coalesce-time`).
const young = 15 * time.Second

// strayAnnouncements finds prefixes that peers have been told of and bgpd has no
// path for. bgpd 8.4 loses the withdrawal of what it has announced, because a
// route map of that peer changed, before it has announced all it had.
//
// It is looked at when other costly things are, and after a change while a
// session is young.
func (pr *Proof) strayAnnouncements(ctx context.Context, c Claim) ([]stray, error) {
	var found []stray
	for _, i := range c.Config.Instances() {
		summary, err := Summary(ctx, pr.router, i.Device)
		if err != nil {
			return nil, err
		}
		if pr.due == 0 && !anyYoung(summary, pr.now()) {
			continue
		}
		for _, f := range families {
			if summary[f.table+"Unicast"].Size > status.Walkable {
				continue
			}
			announced, err := pr.announcedOnly(ctx, c, i, f)
			if err != nil {
				return nil, err
			}
			for _, p := range announced {
				if remedy := withdrawal(c.Text, i, f, p); remedy != nil {
					found = append(found, stray{what: "bgpd has announced " + p.String() + inVRF(i) + ", which it has no path for", remedy: remedy})
				}
			}
		}
	}
	return found, nil
}

func anyYoung(summary status.Summary, now time.Time) bool {
	for _, table := range summary {
		for _, peer := range table.Peers {
			if peer.State == status.Established && now.Sub(peer.Since) < young {
				return true
			}
		}
	}
	return false
}

// announcedOnly are the prefixes that any peer has been told of and bgpd has no
// path for. A default route may be announced without one
// (`default-originate`).
func (pr *Proof) announcedOnly(ctx context.Context, c Claim, i *render.Instance, f family) ([]netip.Prefix, error) {
	show := "show bgp" + ofVRF(i) + " " + f.table + " unicast"
	answer, err := pr.router.Show(ctx, "bgpd", show+" update-groups advertised-routes")
	if err != nil {
		return nil, err
	}
	mirrored := map[netip.Prefix]bool{}
	for _, m := range c.expected(i, f) {
		mirrored[m.Prefix] = true
	}
	announced := slices.DeleteFunc(tabled(answer), func(p netip.Prefix) bool { return mirrored[p] || p.Bits() == 0 })
	if len(announced) == 0 {
		return nil, nil
	}
	if answer, err = pr.router.Show(ctx, "bgpd", show); err != nil {
		return nil, err
	}
	has := map[netip.Prefix]bool{}
	for _, p := range tabled(answer) {
		has[p] = true
	}
	announced = slices.DeleteFunc(announced, func(p netip.Prefix) bool { return has[p] })
	slices.SortFunc(announced, netip.Prefix.Compare)
	return slices.Compact(announced), nil
}

// tableLine is a line of a table of routes that has a prefix: what is said of the
// path (`*>`, `s`, `i` and so on), which may stand right before it, and the
// prefix.
var tableLine = regexp.MustCompile(`(?m)^[ *>=sudhirSRb]*?([0-9a-f:][0-9a-f.:]*/[0-9]+)\s`)

// tabled are the prefixes of a table of routes as bgpd prints it.
func tabled(table []byte) []netip.Prefix {
	var list []netip.Prefix
	for _, m := range tableLine.FindAllSubmatch(table, -1) {
		if p, err := netip.ParsePrefix(string(m[1])); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// withdrawal are the commands that have bgpd look again at a prefix that it has
// no path for, by which it withdraws it: a network statement that goes as soon
// as it has come is announced to nobody. A statement of the configuration is
// left alone.
func withdrawal(text string, i *render.Instance, f family, p netip.Prefix) []string {
	network, within := "network "+p.String(), ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "router bgp "); ok {
			if _, device, _ := strings.Cut(rest, " vrf "); device == i.Device {
				within = line
			}
		}
		if words := strings.Fields(line); len(words) > 1 && words[0] == "network" && token.Canonical(words[1]) == p.String() {
			return nil
		}
	}
	if within == "" {
		return nil
	}
	return []string{within, "address-family " + f.table + " unicast", network, "no " + network, "exit-address-family", "exit"}
}
