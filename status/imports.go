package status

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Wanted are the prefixes that bgpd should be asked about in an instance, those that a status lists first: the ones that
// the imported addresses imply, then what else is mirrored.
func Wanted(i *render.Instance, links []render.Link) []netip.Prefix {
	if !i.Import.Enabled {
		return nil
	}
	all := imported(i, links)
	wanted := make([]netip.Prefix, 0, len(all))
	for _, c := range all { // in order, so that those of one prefix are neighbors
		if p := c.prefix.Masked(); len(wanted) == 0 || wanted[len(wanted)-1] != p {
			wanted = append(wanted, p)
		}
	}
	addresses, next, further := wanted, 0, map[netip.Prefix]bool{}
	for _, m := range i.Import.Mirrored { // most of which are there already, in the same order
		p := m.Prefix.Masked()
		if next < len(addresses) && addresses[next] == p {
			next++
			continue
		}
		if _, there := slices.BinarySearchFunc(addresses, p, netip.Prefix.Compare); !there && !further[p] {
			further[p] = true
			wanted = append(wanted, p)
		}
	}
	return wanted
}

// carried is a prefix, with host bits if it is that of an address, on an interface.
type carried struct {
	prefix netip.Prefix
	link   string
}

// imported is what the interfaces of an instance carry that can be announced: addresses, and routes that no address
// implies.
func imported(i *render.Instance, links []render.Link) []carried {
	most := 0
	for _, link := range links {
		most += len(link.Addresses) + len(link.Routes)
	}
	all := make([]carried, 0, most) // it may be ten thousand, and again at each look
	for _, link := range links {
		if !imports(i, link) {
			continue
		}
		implied := map[netip.Prefix]bool{}
		for _, a := range link.Addresses {
			if !render.Importable(a.Prefix) {
				continue
			}
			all = append(all, carried{a.Prefix, link.Name})
			if len(link.Routes) > 0 {
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

// imports reports whether an instance imports from an interface: one that is in its VRF.
func imports(i *render.Instance, link render.Link) bool {
	return i.Import.Enabled && link.VRF == i.Device &&
		slices.ContainsFunc(i.Import.Patterns, func(p string) bool { return render.Matches(p, link.Name) })
}

// netlinkImport is what all instances import.
func (b *builder) netlinkImport() *v1.NetlinkImportStatus {
	out := &v1.NetlinkImportStatus{}
	var vrfs []string
	for _, i := range b.config.Instances() {
		if !i.Import.Enabled {
			continue
		}
		out.Enabled = true
		vrfs = append(vrfs, i.VRF)
		out.Interfaces = append(out.Interfaces, b.interfaces(i)...)
		for _, c := range imported(i, b.Links) {
			if out.TotalImported++; len(out.ImportedAddresses) < v1.MaxImportedAddresses {
				_, in := b.inBGP(i, c.prefix)
				out.ImportedAddresses = append(out.ImportedAddresses,
					v1.ImportedAddress{Address: c.prefix.String(), Interface: c.link, VRF: i.VRF, InRIB: in})
			}
		}
	}
	if len(vrfs) == 1 {
		out.VRF = vrfs[0]
	}
	out.Truncated = int(out.TotalImported) > len(out.ImportedAddresses)
	return out
}

// interfaces are those that match, and those that are named and do not exist.
func (b *builder) interfaces(i *render.Instance) []v1.ImportInterfaceStatus {
	found := map[string]v1.ImportInterfaceStatus{}
	for _, name := range i.Import.Interfaces {
		// What a glob matched and is gone is not missing.
		if slices.Contains(i.Import.Patterns, name) {
			found[name] = v1.ImportInterfaceStatus{Name: name, OperState: "down"}
		}
	}
	for _, link := range b.Links {
		if !imports(i, link) {
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
func (b *builder) inBGP(i *render.Instance, p netip.Prefix) (Path, bool) {
	if b.Snapshot == nil {
		return Path{}, false
	}
	return b.Snapshot.instance(i.Device).Prefixes[p.Masked()].Sourced()
}
