package render

import (
	"cmp"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// imports resolves what the node announces of its interfaces.
func (r *resolver) imports() Import {
	declared := r.spec.NetlinkImport
	if declared == nil || !declared.Enabled {
		return Import{}
	}
	if declared.VRF != "" {
		r.note("spec.netlinkImport.vrf", "NotApplied", "import into a VRF is not applied yet, so nothing is imported")
		return Import{}
	}
	if len(declared.InterfaceList) == 0 {
		r.note("spec.netlinkImport.interfaceList", "NoInterfaces", "is empty, so nothing is imported")
	}
	out := Import{Enabled: true, Patterns: declared.InterfaceList}
	for _, pattern := range declared.InterfaceList {
		// A named interface may come at any time, and its addresses must not
		// wait for the agent.
		if !isGlob(pattern) {
			out.Interfaces = append(out.Interfaces, pattern)
		}
	}
	carried := map[netip.Prefix]string{}
	listed := map[netip.Prefix]bool{}
	for _, link := range r.in.Links {
		if !slices.ContainsFunc(declared.InterfaceList, func(p string) bool { return Matches(p, link.Name) }) {
			continue
		}
		if _, err := token.Interface(link.Name); err != nil {
			r.note("spec.netlinkImport.interfaceList", "InterfaceLeftOut", "the interface name %q %v: nothing of it is imported", link.Name, err)
			continue
		}
		out.Interfaces = append(out.Interfaces, link.Name)
		mirror := func(p netip.Prefix) {
			if by, taken := carried[p]; !taken || link.Name < by {
				carried[p] = link.Name
			}
		}
		for _, a := range link.Addresses {
			if !Importable(a.Prefix) {
				continue
			}
			p := a.Prefix.Masked()
			mirror(p)
			// zebra has no connected route for such an address, and where it
			// has local routes, that of a host prefix hides the static one.
			if a.NoPrefixRoute && p.IsSingleIP() && r.in.Dialect.LocalRoutes {
				listed[p] = true
			}
		}
		for _, route := range link.Routes {
			if Importable(route) {
				mirror(route.Masked())
			}
		}
		for _, route := range kernelOnly(link) {
			listed[route] = true
		}
	}
	slices.Sort(out.Interfaces)
	out.Interfaces = slices.Compact(out.Interfaces)
	for p, name := range carried {
		out.Mirrored = append(out.Mirrored, Mirrored{p, name})
	}
	slices.SortFunc(out.Mirrored, func(a, b Mirrored) int { return comparePrefixes(a.Prefix, b.Prefix) })
	for p := range listed {
		out.Listed = append(out.Listed, p)
	}
	slices.SortFunc(out.Listed, comparePrefixes)
	return out
}

// kernelOnly are the routes of a link that no address of it implies: zebra
// selects the kernel's own route for them.
func kernelOnly(link Link) []netip.Prefix {
	implied := map[netip.Prefix]bool{}
	for _, a := range link.Addresses {
		if !a.NoPrefixRoute {
			implied[a.Prefix.Masked()] = true
		}
	}
	var only []netip.Prefix
	for _, r := range link.Routes {
		if p := r.Masked(); Importable(p) && !implied[p] {
			only = append(only, p)
		}
	}
	return only
}

// Importable says whether a prefix can be announced at all: not if it is
// loopback, link-local, multicast or unspecified, which a default route is.
func Importable(p netip.Prefix) bool {
	a := p.Addr()
	return p.IsValid() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsMulticast() && !a.IsUnspecified()
}

// Matches says whether an import pattern, a name or a glob, matches the name of
// an interface.
func Matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok || pattern == name
}

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}
