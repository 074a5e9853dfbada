package plan

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// part is a kind of top-level line. The parts stand in the order in which a
// plan makes them: what is referred to before what refers to it. A plan breaks
// in the opposite order.
type part int

const (
	foreign part = iota // the operator's
	pace                // how soon FRR acts on what follows
	lists
	routeMaps
	profiles // of BFD
	globals
	statics
	instances // router bgp
)

var (
	ourTag      = " tag " + strconv.Itoa(render.Tag)
	ourDistance = " " + strconv.Itoa(render.StaticDistance)
	ourName     = " " + render.NamePrefix
)

// partOf says what a top-level line, or one of a container, is and with that
// whose. k8frr owns every BGP instance but views (which 10.3 cannot delete: it
// takes the instance that is no view), what carries its names, and routes with
// its tag; the rest is the operator's and is never removed.
func partOf(line string) part {
	has := func(prefix string) bool { return strings.HasPrefix(line, prefix) }
	switch {
	case has("router bgp ") && !strings.Contains(line, " view "):
		return instances
	case (has("ip route ") || has("ipv6 route ")) && IsOurRoute(line):
		return statics
	case has("route-map" + ourName):
		return routeMaps
	case isOurList(line):
		return lists
	case has("profile" + ourName):
		return profiles
	// First of all: bgpd keeps the sessions of a whole configuration back until
	// the timer runs out that its first route map has set.
	case has("bgp route-map delay-timer "):
		return pace
	case (has("ip protocol ") || has("ipv6 protocol ")) && strings.Contains(line, " route-map"+ourName):
		return globals
	}
	return foreign
}

// IsOurRoute reports whether a static route is one that k8frr enters, by its
// whole form: ip route PREFIX INTERFACE tag 7473 17. One with the usual distance
// was entered by a version before that. A tag alone says nothing: FRR gives one
// to all routes to a prefix of the same distance.
func IsOurRoute(line string) bool {
	route, now := strings.CutSuffix(line, ourTag+ourDistance)
	if !now {
		var tagged bool
		if route, tagged = strings.CutSuffix(line, ourTag); !tagged {
			return false
		}
	}
	if strings.Count(route, " ") != 3 {
		return false
	}
	by := route[strings.LastIndexByte(route, ' ')+1:]
	_, err := netip.ParseAddr(by)
	return err != nil && (now || by != "Null0" && by != "blackhole" && by != "reject")
}

func isOurList(line string) bool {
	_, name := listOf(line)
	return strings.HasPrefix(name, render.NamePrefix)
}

// holds reports whether a context is k8frr's and the operator's alike: each owns
// lines in it, and the context itself comes with its first line and matters to
// nobody when it is empty. FRR 10.x shows one for every VRF of the kernel, and
// no version lets go of `bfd`, or of a VRF that somebody uses.
func holds(context string) bool {
	return context == "bfd" || strings.HasPrefix(context, "vrf ")
}

// containers are the contexts of a configuration that hold lines of several
// parts.
func containers(root *node) []*node {
	var list []*node
	for _, n := range root.children {
		if holds(n.line) {
			list = append(list, n)
		}
	}
	return list
}

// unplanned are top-level lines that FRR reads at its start only, or that say
// nothing about routing.
func unplanned(line string) bool {
	return strings.HasPrefix(line, "frr ") || strings.HasPrefix(line, "hostname ") || strings.HasPrefix(line, "log ") ||
		strings.HasPrefix(line, "service ")
}
