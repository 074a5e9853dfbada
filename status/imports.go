package status

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Wanted are the prefixes that bgpd should be asked about, those that a status lists first: the ones that the imported
// addresses imply, then what else is mirrored.
func Wanted(config *render.Config, links []render.Link) []netip.Prefix {
	if config == nil || !config.Import.Enabled {
		return nil
	}
	var wanted []netip.Prefix
	seen := map[netip.Prefix]bool{}
	want := func(p netip.Prefix) {
		if p = p.Masked(); !seen[p] {
			seen[p] = true
			wanted = append(wanted, p)
		}
	}
	for _, i := range imported(config.Import, links) {
		want(i.prefix)
	}
	for _, m := range config.Import.Mirrored {
		want(m.Prefix)
	}
	return wanted
}

// carried is a prefix, with host bits if it is that of an address, on an interface.
type carried struct {
	prefix netip.Prefix
	link   string
}

// imported is what the interfaces carry that can be announced: addresses, and routes that no address implies.
func imported(i render.Import, links []render.Link) []carried {
	var all []carried
	for _, link := range links {
		if !matches(i, link.Name) {
			continue
		}
		implied := map[netip.Prefix]bool{}
		for _, a := range link.Addresses {
			if render.Importable(a.Prefix) {
				all = append(all, carried{a.Prefix, link.Name})
				implied[a.Prefix.Masked()] = true
			}
		}
		for _, r := range link.Routes {
			if render.Importable(r) && !implied[r.Masked()] {
				all = append(all, carried{r.Masked(), link.Name})
			}
		}
	}
	slices.SortFunc(all, func(a, b carried) int {
		return cmp.Or(a.prefix.Compare(b.prefix), strings.Compare(a.link, b.link))
	})
	return all
}

func matches(i render.Import, name string) bool {
	return slices.ContainsFunc(i.Patterns, func(p string) bool { return render.Matches(p, name) })
}

func (b *builder) netlinkImport() *v1.NetlinkImportStatus {
	out := &v1.NetlinkImportStatus{Enabled: b.config.Import.Enabled}
	if !out.Enabled {
		return out
	}
	out.Interfaces = b.interfaces()
	all := imported(b.config.Import, b.Links)
	out.TotalImported = count(len(all))
	out.Truncated = len(all) > v1.MaxImportedAddresses
	for _, i := range all[:min(len(all), v1.MaxImportedAddresses)] {
		_, in := b.inBGP(i.prefix)
		out.ImportedAddresses = append(out.ImportedAddresses,
			v1.ImportedAddress{Address: i.prefix.String(), Interface: i.link, InRIB: in})
	}
	return out
}

// interfaces are those that match, and those that are named and do not exist.
func (b *builder) interfaces() []v1.ImportInterfaceStatus {
	found := map[string]v1.ImportInterfaceStatus{}
	for _, name := range b.config.Import.Interfaces {
		// What a glob matched and is gone is not missing.
		if slices.Contains(b.config.Import.Patterns, name) {
			found[name] = v1.ImportInterfaceStatus{Name: name, OperState: "down"}
		}
	}
	for _, link := range b.Links {
		if !matches(b.config.Import, link.Name) {
			continue
		}
		state := v1.ImportInterfaceStatus{Name: link.Name, Exists: true, OperState: "down"}
		if link.Up {
			state.OperState = "up"
		}
		found[link.Name] = state
	}
	var out []v1.ImportInterfaceStatus
	for _, state := range found {
		out = append(out, state)
	}
	slices.SortFunc(out, func(a, b v1.ImportInterfaceStatus) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// inBGP is the route that this node originates for the prefix that covers an address.
func (b *builder) inBGP(p netip.Prefix) (Path, bool) {
	if b.Snapshot == nil {
		return Path{}, false
	}
	return b.Snapshot.Prefixes[p.Masked()].Sourced()
}
