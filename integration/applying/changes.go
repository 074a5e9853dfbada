//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// state is what is declared for the node, and how many service addresses are
// on it.
type state struct {
	spec string
	vips []netip.Prefix
}

// change is what is measured: from one state to another.
type change struct {
	name     string
	from, to state
}

// The router that listens, and the further neighbors, whom nobody answers for.
const (
	nodeAddr = "10.1.0.2"
	torAddr  = "10.1.0.1"
	nodeASN  = 65000
	torASN   = 65001
	kubeLB   = "kube-lb0"
)

// changes are those of a node with four neighbors and a hundred services, but
// where it is about size.
func changes(size scale) []change {
	usual := state{declare(4, "top of rack", nil), vips(100)}
	large := func(med int) state { return state{declare(size.neighbors, "top of rack", &policy{size, med}), nil} }
	many := func(description string) state { return state{declare(size.neighbors, description, nil), nil} }
	list := []change{
		{"nothing", usual, usual},
		{"one line", usual, state{declare(4, "top of this rack", nil), vips(100)}},
		{"a neighbor added", usual, state{declare(5, "top of rack", nil), vips(100)}},
		{fmt.Sprintf("%d neighbors: first load", size.neighbors), state{}, many("top of rack")},
		{fmt.Sprintf("%d neighbors: one line", size.neighbors), many("top of rack"), many("top of this rack")},
		{size.String() + ": first load", state{}, large(10)},
		{size.String() + ": one statement changed", large(10), large(11)},
	}
	for _, n := range []int{1000, 10000} {
		none, all := state{declare(1, "top of rack", nil), nil}, state{declare(1, "top of rack", nil), vips(n)}
		list = append(list,
			change{fmt.Sprintf("%d static routes: added", n), none, all},
			change{fmt.Sprintf("%d static routes: the first removed", n), all, state{all.spec, all.vips[1:]}},
			change{fmt.Sprintf("%d static routes: all removed", n), all, none})
	}
	return list
}

// scale is how large the large configuration is: so many neighbors share so
// many import policies, of so many statements each.
type scale struct{ neighbors, policies, statements int }

func (s scale) String() string {
	return fmt.Sprintf("%d neighbors, %d policies of %d statements", s.neighbors, s.policies, s.statements)
}

// policy is what neighbors share, and the MED that one statement of the first
// policy sets.
type policy struct {
	scale
	med int
}

// declare is the spec of a node with so many neighbors, the first of which is
// there and has a description, without policies if there are none.
func declare(neighbors int, description string, with *policy) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global: {asn: %d, routerID: %s}\nnetlinkImport: {enabled: true, interfaceList: [%s]}\n", nodeASN, nodeAddr, kubeLB)
	if with != nil {
		b.WriteString("definedSets:\n")
		for s := range with.statements {
			fmt.Fprintf(&b, "- {type: prefix, name: net-%d, prefixes: [{ipPrefix: 10.%d.0.0/16, maskLengthMin: 16, maskLengthMax: 24}]}\n", s, 100+s)
		}
		b.WriteString("policyDefinitions:\n")
		for i := range with.policies {
			fmt.Fprintf(&b, "- name: from-%d\n  statements:\n", i)
			for s := range with.statements {
				value := 1000*i + s
				if i == 0 && s == with.statements/2 {
					value = with.med
				}
				fmt.Fprintf(&b, "  - {conditions: {prefixSet: {name: net-%d}}, actions: {routeAction: accept, med: {type: replace, value: %d}}}\n", s, value)
			}
		}
	}
	b.WriteString("neighbors:\n")
	for i := range neighbors {
		address, text := fmt.Sprintf("10.1.%d.%d", (100+i)>>8, (100+i)&255), ""
		if i == 0 {
			address, text = torAddr, ", description: "+description
		}
		fmt.Fprintf(&b, "- config: {neighborAddress: %s, peerAsn: %d%s}\n  timers: {connectRetry: 1}\n", address, torASN, text)
		if with != nil {
			fmt.Fprintf(&b, "  applyPolicy: {importPolicy: {policies: [from-%d], defaultAction: reject}}\n", i%with.policies)
		}
	}
	return b.String()
}

// vips are so many service addresses.
func vips(n int) []netip.Prefix {
	prefixes := make([]netip.Prefix, n)
	for i := range prefixes {
		prefixes[i] = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(9 + i>>16), byte(i >> 8), byte(i)}), 32)
	}
	return prefixes
}

// objects are what a cluster would hold; none if nothing is declared.
func (s state) objects() (render.Objects, error) {
	if s.spec == "" {
		return render.Objects{}, nil
	}
	c := &v1.BGPConfiguration{}
	c.Name, c.Namespace = "default", "purelb-system"
	node := &corev1.Node{}
	node.Name = "node"
	return render.Objects{Configuration: c, Node: node}, yaml.UnmarshalStrict([]byte(s.spec), &c.Spec)
}

// links are what the kernel would show.
func (s state) links() []render.Link {
	link := render.Link{Name: kubeLB, Up: true}
	for _, p := range s.vips {
		link.Addresses = append(link.Addresses, render.Address{Prefix: p})
	}
	return []render.Link{link}
}
