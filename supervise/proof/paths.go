package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// strayPaths compares the paths that bgpd originates with the mirrored
// prefixes. What is missing is asked of zebra again. What should be gone gets a
// static route, whose removal takes it away.
//
// To list the paths costs bgpd a walk through its table, which must be small
// for that.
func (pr *Proof) strayPaths(ctx context.Context, c Claim) ([]stray, error) {
	summary, err := Summary(ctx, pr.router, "")
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, i := range c.Config.Instances() {
		for _, f := range families {
			// What a VRF can have imported is at most what there is of VPNs.
			size := summary[f.table+"Unicast"].Size
			if i.Device != "" {
				size = summary[f.table+"Vpn"].Size
			}
			if size > status.Walkable {
				continue
			}
			paths, err := pr.strayPathsOf(ctx, c, i, f)
			if err != nil {
				return nil, err
			}
			found = append(found, paths...)
		}
	}
	return found, nil
}

func (pr *Proof) strayPathsOf(ctx context.Context, c Claim, i *render.Instance, f family) ([]stray, error) {
	originated, err := pr.originated(ctx, i, f)
	if err != nil {
		return nil, err
	}
	var missing []netip.Prefix
	for _, m := range c.expected(i, f) {
		if !originated[m.Prefix] {
			missing = append(missing, m.Prefix)
		}
		delete(originated, m.Prefix)
	}
	var spare []netip.Prefix
	if len(i.VPN.ImportRT) == 0 { // or else it may come from another VRF of this node
		spare = slices.SortedFunc(maps.Keys(originated), netip.Prefix.Compare)
	}
	stayed, err := pr.staleAmong(ctx, c, i, f, slices.Concat(spare, missing))
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, lost := range stayed {
		if !pr.stale[lost] { // or else it is about to act
			found = append(found, stray{what: "zebra has a route for " + lost.prefix.String() + inVRF(i) + " that stayed when that address of " + lost.link + " went", stale: lost})
		}
	}
	other := func(p netip.Prefix) bool {
		return !slices.ContainsFunc(stayed, func(lost stale) bool { return lost.prefix == p })
	}
	ask, asked := resend(c.Text)
	if slices.ContainsFunc(missing, other) {
		found = append(found, stray{what: "bgpd lacks mirrored prefixes, " + f.table + inVRF(i), remedy: append(redistribution(c.Text), ask...), then: asked})
	}
	for _, p := range spare {
		if !other(p) {
			continue
		}
		much := stray{what: "bgpd originates " + p.String() + inVRF(i)}
		if c.someoneRoutes(i, f, p) {
			much.remedy, much.then = ask, asked // a static route of ours would change theirs, and take it along
		} else {
			much.remedy = static(i, f, "", p, c.standIn(i))
		}
		found = append(found, much)
	}
	return found, nil
}

// someoneRoutes reports whether the running configuration has a static route for
// a prefix that is not of k8frr.
func (c Claim) someoneRoutes(i *render.Instance, f family, p netip.Prefix) bool {
	ours := fmt.Sprintf(" tag %d", render.Tag)
	within := ""
	for line := range strings.Lines(c.Running) {
		line = strings.TrimRight(line, "\r\n")
		if !strings.HasPrefix(line, " ") {
			within, _ = strings.CutPrefix(line, "vrf ")
			if within == line {
				within = ""
			}
		}
		if within != i.Device || strings.HasSuffix(line, ours) {
			continue
		}
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), f.command+" route ")
		to, _, _ := strings.Cut(rest, " ")
		if q, err := netip.ParsePrefix(to); ok && err == nil && q == p {
			return true
		}
	}
	return false
}

// standIn is an interface for a route that is to be removed at once.
func (c Claim) standIn(i *render.Instance) string {
	if k := slices.IndexFunc(c.Links, func(l render.Link) bool { return l.Up && l.VRF == i.Device }); k >= 0 {
		return c.Links[k].Name
	}
	return "Null0"
}

// originated returns the prefixes that bgpd has from the import of an instance.
func (pr *Proof) originated(ctx context.Context, i *render.Instance, f family) (map[netip.Prefix]bool, error) {
	var table struct {
		Routes map[netip.Prefix]json.RawMessage `json:"routes"`
	}
	command := "show bgp" + ofVRF(i) + " " + f.table + " unicast route-map " + render.NamePrefix + "ORIGINATED json"
	answer, err := pr.router.Show(ctx, "bgpd", command)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(answer), "{") {
		return nil, nil // bgpd lacks the route map
	}
	if err := json.Unmarshal(answer, &table); err != nil {
		return nil, fmt.Errorf("%s: bgpd's answer is not understood: %w", command, err)
	}
	prefixes := make(map[netip.Prefix]bool, len(table.Routes))
	for p := range table.Routes {
		prefixes[p] = true
	}
	return prefixes, nil
}

// redistribution is the part of a configuration by which bgpd asks zebra for
// routes. Entered again it changes nothing, but bgpd asks a zebra that it has
// not asked yet.
func redistribution(text string) []string {
	var script []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		word := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "router bgp "):
			inside = true
		case !inside:
			continue
		case line == "exit":
			inside = false
		case !strings.HasPrefix(word, "address-family ") && !strings.HasPrefix(word, "redistribute ") && word != "exit-address-family":
			continue
		}
		script = append(script, line)
	}
	return script
}

// lastEntry is the number of a route map's last entry, which render leaves free.
const lastEntry = 65535

// resend has bgpd ask zebra once more for what zebra has told it already: bgpd does
// so when a route map changes that it redistributes by. One is given the entry
// that every route map ends with anyway, and then takes it back.
func resend(text string) (ask, asked []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		at := slices.Index(words, "route-map") + 1
		if len(words) < 4 || words[0] != "redistribute" || at == 0 || at == len(words) || seen[words[at]] {
			continue
		}
		seen[words[at]] = true
		entry := fmt.Sprintf("route-map %s deny %d", words[at], lastEntry)
		ask, asked = append(ask, entry, "exit"), append(asked, "no "+entry)
	}
	return ask, asked
}
