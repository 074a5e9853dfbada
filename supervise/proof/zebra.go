package proof

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// strayRequests finds the families for which bgpd has not asked zebra for routes.
// zebra does not say of which VRF they are.
func (pr *Proof) strayRequests(ctx context.Context, c Claim) ([]stray, error) {
	told, err := pr.zebraClients(ctx)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, f := range families {
		expected := 0
		for _, i := range c.Config.Instances() {
			expected += len(c.expected(i, f))
		}
		if expected > 0 && told[f] == 0 {
			found = append(found, stray{what: "bgpd hears of no route from zebra, " + f.table, remedy: redistribution(c.Text)})
		}
	}
	return found, nil
}

// strayStatics finds the mirrored routes that zebra lacks, and routes of ours
// that it has beside them.
func (pr *Proof) strayStatics(ctx context.Context, c Claim) ([]stray, error) {
	var found []stray
	for _, i := range c.Config.Instances() {
		for _, f := range families {
			inVRF, err := pr.straysOf(ctx, c, i, f)
			if err != nil {
				return nil, err
			}
			found = append(found, inVRF...)
		}
	}
	return found, nil
}

func (pr *Proof) straysOf(ctx context.Context, c Claim, i *render.Instance, f family) ([]stray, error) {
	expected := c.expected(i, f)
	count, err := pr.countStatics(ctx, i, f)
	if err != nil || count == len(expected) && pr.due == 0 {
		return nil, err
	}
	there, leftovers, err := pr.ourStatics(ctx, c, i, f)
	if err != nil {
		return nil, err
	}
	var found []stray
	_, theirs := stated(c.Running, i, f)
	for _, m := range expected {
		if _, has := there[m.Prefix]; !has && !theirs[route{m.Prefix, m.Interface}] {
			found = append(found, stray{what: "zebra lacks the static route " + m.Prefix.String() + inVRF(i), remedy: static(i, f, "no ", m.Prefix, m.Interface)})
		}
		delete(there, m.Prefix)
		delete(leftovers, m.Prefix) // it does what the mirrored route does, and to remove it would withdraw the prefix
	}
	for _, m := range i.Import.Mirrored {
		delete(there, m.Prefix) // its interface is down, which zebra may yet have to hear
		delete(leftovers, m.Prefix)
	}
	for p, iface := range leftovers {
		found = append(found, stray{what: "zebra has a static route of a zebra before it, " + p.String() + inVRF(i), remedy: staticAt(i, f, "", p, iface, 1)})
	}
	for p, iface := range there {
		found = append(found, stray{what: "zebra has the static route " + p.String() + inVRF(i), remedy: static(i, f, "", p, iface)})
	}
	return found, nil
}

// countStatics counts the static routes in zebra's RIB, selected or not. The
// summary costs the same whatever the size of the RIB. A VRF without a device
// has none.
func (pr *Proof) countStatics(ctx context.Context, i *render.Instance, f family) (int, error) {
	var summary struct {
		Routes []struct {
			Type string `json:"type"`
			RIB  int    `json:"rib"`
		} `json:"routes"`
	}
	command := "show " + f.command + " route" + ofVRF(i) + " summary json"
	answer, err := pr.router.Show(ctx, "zebra", command)
	if err != nil || i.Device != "" && strings.HasPrefix(string(answer), "% VRF ") { // "… not active", "… not found"
		return 0, err
	}
	if err := understand(answer, &summary, "zebra", command); err != nil {
		return 0, err
	}
	for _, r := range summary.Routes {
		if r.Type == "static" {
			return r.RIB, nil
		}
	}
	return 0, nil
}

// ourStatics returns the static routes in zebra's RIB, with their interfaces,
// that are as they are entered, or that leave by an import interface and are in
// no configuration; and apart from them the leftovers: a zebra that was killed
// leaves routes in the kernel, and its successor (10.x) takes them for static
// routes of distance 1 without a tag. Such a route is gone when one of its
// distance has been entered and removed.
func (pr *Proof) ourStatics(ctx context.Context, c Claim, i *render.Instance, f family) (ours, leftovers map[netip.Prefix]string, err error) {
	var table map[netip.Prefix][]struct {
		Tag      uint32 `json:"tag"`
		Distance uint8  `json:"distance"`
		Nexthops []struct {
			IP        string `json:"ip"`
			Interface string `json:"interfaceName"`
		} `json:"nexthops"`
	}
	if err := pr.show(ctx, "zebra", "show "+f.command+" route"+ofVRF(i)+" static json", &table); err != nil {
		return nil, nil, err
	}
	entered, theirs := stated(c.Running, i, f)
	others := map[netip.Prefix]bool{} // prefixes that the operator has a static route for
	for r := range theirs {
		others[r.prefix] = true
	}
	ours, leftovers = map[netip.Prefix]string{}, map[netip.Prefix]string{}
	for p, routes := range table {
		for _, r := range routes {
			if len(r.Nexthops) != 1 || r.Nexthops[0].IP != "" {
				continue // nothing of the kind is ever entered
			}
			iface := r.Nexthops[0].Interface
			imported := slices.ContainsFunc(c.Links, func(l render.Link) bool { return l.Name == iface && l.VRF == i.Device })
			switch {
			case r.Tag == render.Tag && r.Distance == render.StaticDistance:
				ours[p] = iface
			case imported && r.Tag == 0 && r.Distance == 1 && !others[p]:
				leftovers[p] = iface
			case imported && !entered[p]:
				ours[p] = iface
			}
		}
	}
	return ours, leftovers, nil
}

// route is a static route to a prefix by an interface.
type route struct {
	prefix netip.Prefix
	iface  string
}

// stated are the prefixes for which a running configuration has a static route,
// and those routes by an interface that are the operator's, who may have entered
// what would be mirrored.
func stated(running string, i *render.Instance, f family) (prefixes map[netip.Prefix]bool, theirs map[route]bool) {
	command := f.command + " route "
	if i.Device != "" {
		command = " " + command // in the context of a VRF
	}
	prefixes, theirs = map[netip.Prefix]bool{}, map[route]bool{}
	for line := range strings.Lines(running) {
		if !strings.HasPrefix(line, command) {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 4 {
			continue
		}
		if p, err := netip.ParsePrefix(words[2]); err == nil {
			prefixes[p] = true
			if !plan.IsOurRoute(strings.Join(words, " ")) && !slices.Contains(words, "table") {
				theirs[route{p, words[3]}] = true
			}
		}
	}
	return prefixes, theirs
}

var redistributedCount = regexp.MustCompile(`(?m)^Redist:v([46]) +(\d+)`)

// zebraClients says how many routes zebra has told bgpd about, and is an error
// while staticd or bgpd has no connection to zebra.
func (pr *Proof) zebraClients(ctx context.Context) (map[family]int, error) {
	answer, err := pr.router.Show(ctx, "zebra", "show zebra client")
	if err != nil {
		return nil, err
	}
	told := map[family]int{}
	seen := map[string]bool{}
	for _, block := range strings.Split(string(answer), "Client: ") {
		name, _, _ := strings.Cut(block, "\n")
		name = strings.TrimSpace(name)
		seen[name] = true
		if name != "bgp" {
			continue
		}
		for _, m := range redistributedCount.FindAllStringSubmatch(block, -1) {
			n, _ := strconv.Atoi(m[2])
			for _, f := range families {
				if f.is4 == (m[1] == "4") {
					told[f] += n
				}
			}
		}
	}
	for _, name := range []string{"static", "bgp"} {
		if !seen[name] {
			return nil, fmt.Errorf("FRR's %sd has no connection to zebra; after zebra's start it takes up to 10 seconds", name)
		}
	}
	return told, nil
}
