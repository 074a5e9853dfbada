package plan

import (
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
	globals
	statics
	instances // router bgp
)

var (
	tagSuffix = " tag " + strconv.Itoa(render.Tag)
	ourName   = " " + render.NamePrefix
)

// partOf says what a top-level line is and with that whose. k8frr owns every
// BGP instance, what carries its names, and routes with its tag; the rest is
// the operator's and is never removed.
func partOf(line string) part {
	has := func(prefix string) bool { return strings.HasPrefix(line, prefix) }
	switch {
	case has("router bgp "):
		return instances
	case (has("ip route ") || has("ipv6 route ")) && strings.HasSuffix(line, tagSuffix):
		return statics
	case has("route-map" + ourName):
		return routeMaps
	case has("ip prefix-list" + ourName), has("ipv6 prefix-list" + ourName):
		return lists
	// First of all: bgpd keeps the sessions of a whole configuration back until
	// the timer runs out that its first route map has set.
	case has("bgp route-map delay-timer "):
		return pace
	case (has("ip protocol ") || has("ipv6 protocol ")) && strings.Contains(line, " route-map"+ourName):
		return globals
	}
	return foreign
}

// unplanned are top-level lines that FRR reads at its start only, or that say
// nothing about routing.
func unplanned(line string) bool {
	return strings.HasPrefix(line, "frr ") || strings.HasPrefix(line, "hostname ") || strings.HasPrefix(line, "log ") ||
		strings.HasPrefix(line, "service ")
}
