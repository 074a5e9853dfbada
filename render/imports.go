package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// importing is a declared import: its field, and the patterns of interfaces.
type importing struct {
	path     string
	patterns []string
}

// defaultImport is what the default instance imports.
func (r *resolver) defaultImport() []importing {
	const path = "spec.netlinkImport"
	declared := r.spec.NetlinkImport
	switch {
	case declared == nil || !declared.Enabled:
		return nil
	case declared.VRF != "":
		if !r.hasVRF(declared.VRF) {
			r.note(path+".vrf", "NoVRF", "there is no VRF %q in spec.vrfs, so nothing is imported", declared.VRF)
		}
		return nil
	}
	return []importing{{path, declared.InterfaceList}}
}

// imports resolves what an instance announces of the interfaces that are in its
// VRF.
func (r *resolver) imports(i *Instance, declared ...importing) Import {
	if len(declared) == 0 {
		return Import{}
	}
	out := Import{Enabled: true}
	for _, d := range declared {
		if len(d.patterns) == 0 {
			r.note(d.path+".interfaceList", "NoInterfaces", "is empty, so nothing is imported")
		}
		out.Patterns = append(out.Patterns, d.patterns...)
	}
	for _, pattern := range out.Patterns {
		// A named interface may come at any time, and its addresses must not
		// wait for the agent.
		if _, err := token.NextHop(pattern); !isGlob(pattern) && err == nil {
			out.Interfaces = append(out.Interfaces, pattern)
		}
	}
	carried := map[netip.Prefix]string{}
	listed := map[netip.Prefix]bool{}
	alive := map[netip.Prefix]bool{} // an interface that is up carries it
	var stale []netip.Prefix
	for _, link := range r.in.Links {
		path, wanted := matching(declared, link.Name)
		if !wanted {
			continue
		}
		if _, err := token.NextHop(link.Name); err != nil {
			r.note(path, "InterfaceLeftOut", "the interface name %q %v: nothing of it is imported", link.Name, err)
			continue
		}
		if link.VRF != i.Device {
			r.otherVRF(path, link, i)
			continue
		}
		out.Interfaces = append(out.Interfaces, link.Name)
		mirror := func(p netip.Prefix) {
			alive[p] = alive[p] || link.Up
			if by, taken := carried[p]; !taken || link.Name < by {
				carried[p] = link.Name
			}
		}
		r.shortPrefixes(path, link)
		list := func(p netip.Prefix) {
			// What is listed is announced by whatever route zebra has, so not
			// if another interface carries it and this one is down.
			if link.Up || !slices.Contains(link.Elsewhere, p) {
				listed[p] = true
			}
		}
		for _, a := range link.Addresses {
			if !Importable(a.Prefix) {
				continue
			}
			p := a.Prefix.Masked()
			mirror(p)
			// zebra's connected route of a pair is that to the peer, and where
			// it has local routes it has no connected one for an address
			// without prefix route.
			if a.Peer.IsValid() || a.NoPrefixRoute && r.in.Dialect.LocalRoutes {
				list(p)
			}
		}
		for _, route := range link.Routes {
			if Importable(route) {
				mirror(route.Masked())
			}
		}
		stale = append(stale, link.Stale...)
		for _, p := range link.Withheld {
			if Importable(p) {
				stale = append(stale, p)
			}
		}
		for _, route := range kernelOnly(link) {
			list(route)
		}
		for _, p := range link.Elsewhere {
			switch {
			case !Importable(p):
			case link.Up:
				listed[p] = true // zebra may select the other interface's route
			default:
				stale = append(stale, p) // 8.4 keeps this one's route, too
			}
		}
		r.unusable(path, link)
	}
	slices.Sort(out.Interfaces)
	out.Interfaces = slices.Compact(out.Interfaces)
	for p, name := range carried {
		out.Mirrored = append(out.Mirrored, Mirrored{p, name})
	}
	slices.SortFunc(out.Mirrored, func(a, b Mirrored) int { return comparePrefixes(a.Prefix, b.Prefix) })
	for _, p := range stale {
		if _, is := carried[p]; is && alive[p] {
			listed[p] = true // zebra may choose what it has besides
		} else {
			out.Stale = append(out.Stale, p)
		}
	}
	for p := range listed {
		out.Listed = append(out.Listed, p)
	}
	slices.SortFunc(out.Listed, comparePrefixes)
	slices.SortFunc(out.Stale, comparePrefixes)
	out.Stale = slices.Compact(out.Stale)
	return out
}

// matching finds the list of interfaces that a name is in.
func matching(declared []importing, name string) (path string, ok bool) {
	for _, d := range declared {
		if slices.ContainsFunc(d.patterns, func(p string) bool { return Matches(p, name) }) {
			return d.path + ".interfaceList", true
		}
	}
	return "", false
}

// shortPrefixes tells of what a link carries whose mask was hardly meant, of what
// is announced and of what is not.
func (r *resolver) shortPrefixes(path string, link Link) {
	var announced, never []netip.Prefix
	add := func(p netip.Prefix) {
		switch {
		case !Short(p):
		case Importable(p):
			announced = append(announced, p.Masked())
		case !p.Addr().IsMulticast(): // the kernel has ff00::/8 on every interface
			never = append(never, p.Masked())
		}
	}
	for _, a := range link.Addresses {
		add(a.Prefix)
	}
	for _, route := range link.Routes {
		add(route)
	}
	tell := func(prefixes []netip.Prefix, reason, what string) {
		const most = 5
		slices.SortFunc(prefixes, comparePrefixes)
		prefixes = slices.Compact(prefixes)
		more := ""
		if len(prefixes) > most {
			more, prefixes = fmt.Sprintf(" and %d more", len(prefixes)-most), prefixes[:most]
		}
		var list []string
		for _, p := range prefixes {
			list = append(list, p.String())
		}
		if list != nil {
			r.note(path, reason, "the interface %s carries %s%s: %s", link.Name, strings.Join(list, ", "), more, what)
		}
	}
	tell(announced, "ShortPrefix", "announced, although a prefix shorter than /8 (IPv4) or /16 (IPv6) is hardly meant")
	tell(never, "DefaultRoute", "a default route, or nearly one, is never announced")
}

// unusable tells of addresses that are not announced because of their state.
func (r *resolver) unusable(path string, link Link) {
	const most = 5
	told := 0
	for _, a := range link.Unusable {
		if !Importable(a.Prefix) {
			continue
		}
		if told++; told <= most {
			r.note(path, "NotUsable", "the address %s of the interface %s %s, so it is not announced", a.Prefix, link.Name, a.Why)
		}
	}
	if told > most {
		r.note(path, "NotUsable", "%d more addresses of the interface %s are not announced for such a reason", told-most, link.Name)
	}
}

// otherVRF tells of an interface whose routes another instance has. A VRF
// device that a glob matches was hardly meant.
func (r *resolver) otherVRF(path string, link Link, i *Instance) {
	in := func(device string) string {
		if device == "" {
			return "no VRF"
		}
		return "VRF " + device
	}
	if link.Name != link.VRF {
		r.note(path, "OtherVRF", "the interface %s is in %s and what is imported here is announced in %s: nothing of it is imported", link.Name, in(link.VRF), in(i.Device))
	}
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

// Matches reports whether an import pattern, a name or a glob, matches the name of
// an interface.
func Matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok || pattern == name
}

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}
