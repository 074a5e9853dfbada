package view

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Link is a part of the way from a node's interface to its peers.
type Link string

// The links, in their order. Each needs the ones before.
const (
	OnNode Link = "node"       // the address is on an interface of the node that is up
	InFRR  Link = "frr"        // FRR runs there, with a configuration
	InBGP  Link = "bgp"        // bgpd has the prefix
	Sent   Link = "advertised" // a peer is sent it
)

// place is where a link is on the way.
func (l Link) place() int { return slices.Index(links[:], l) }

var links = [...]Link{OnNode, InFRR, InBGP, Sent}

// Service is a Service of type LoadBalancer.
type Service struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Addresses are those that it has been given.
	Addresses []netip.Addr `json:"addresses,omitempty"`
	// Local says that traffic goes to nodes with an endpoint only.
	Local bool `json:"externalTrafficPolicyLocal,omitempty"`
	// PureLB says that PureLB has given the addresses, to be announced by BGP.
	PureLB bool `json:"purelb"`
	// L2 says that PureLB announces the addresses by ARP and ND.
	L2 bool `json:"l2,omitempty"`
}

// String is namespace/name.
func (s Service) String() string { return s.Namespace + "/" + s.Name }

// VIP is an address that is announced, or should be, and how far it gets.
type VIP struct {
	Address netip.Addr `json:"address"`
	// VRF is the one that it is in; empty for none.
	VRF      string   `json:"vrf,omitempty"`
	Services []string `json:"services,omitempty"`
	// Nodes is how many nodes carry it; InFRR, InBGP and Advertised how many of
	// them come so far. Stale nodes, which nobody can tell about, are not in it.
	Nodes      int `json:"nodes"`
	InFRR      int `json:"inFRR"`
	InBGP      int `json:"inBGP"`
	Advertised int `json:"advertised"`
	Stale      int `json:"stale"`
	// Peers are those that are sent it, by any node.
	Peers []string `json:"peers,omitempty"`
	// Broken is the first link that does not hold, on some node or on all; empty
	// if all hold. Why says what is the matter there.
	Broken Link   `json:"broken,omitempty"`
	Why    string `json:"why,omitempty"`
	// Reachable says that some node announces it.
	Reachable bool   `json:"reachable"`
	Level     Level  `json:"level"`
	Paths     []Path `json:"paths,omitempty"`
}

// Name is the address, and the VRF if it is in one.
func (v VIP) Name() string {
	if v.VRF == "" {
		return v.Address.String()
	}
	return v.Address.String() + " in " + v.VRF
}

// Path is a VIP on one node.
type Path struct {
	Node      string       `json:"node"`
	Interface string       `json:"interface"`
	VRF       string       `json:"vrf,omitempty"`
	Address   netip.Prefix `json:"address"`
	// Prefix is what is announced.
	Prefix      netip.Prefix `json:"prefix"`
	NextHop     string       `json:"nextHop,omitempty"`
	Communities []string     `json:"communities,omitempty"`
	Peers       []string     `json:"advertisedTo,omitempty"`
	Broken      Link         `json:"broken,omitempty"`
	Why         string       `json:"why,omitempty"`
	// OfNode says that what is broken concerns the node rather than this VIP.
	OfNode bool `json:"ofNode,omitempty"`
	// Stale says that the node has not reported for too long.
	Stale   bool       `json:"stale,omitempty"`
	Updated *time.Time `json:"updated,omitempty"`
	Level   Level      `json:"level"`
}

// Reaches reports whether a path comes at least as far as a link.
func (p Path) Reaches(l Link) bool {
	return p.Broken == "" || p.Broken.place() > l.place()
}

// VIPs are the addresses that nodes carry and those that Services have, the
// worst first.
func VIPs(in Input) []VIP {
	reports := in.reports()
	type place struct {
		vrf     string
		address netip.Addr
	}
	found := map[place]*VIP{}
	carried := map[netip.Addr]bool{}
	vip := func(at place) *VIP {
		v := found[at]
		if v == nil {
			v = &VIP{Address: at.address, VRF: at.vrf}
			found[at] = v
		}
		return v
	}
	for _, r := range reports {
		for _, p := range r.paths() {
			v := vip(place{p.VRF, p.Address.Addr()})
			v.Paths = append(v.Paths, p)
			carried[v.Address] = true
		}
	}
	owners := map[netip.Addr][]Service{}
	for _, s := range in.Services {
		for _, a := range s.Addresses {
			if s.L2 && !carried[a] {
				continue // PureLB answers ARP and ND for it: it is not for BGP
			}
			if !carried[a] {
				vip(place{"", a})
			}
			owners[a] = append(owners[a], s)
		}
	}
	truncated, stale := incomplete(reports)
	all := make([]VIP, 0, len(found))
	for at, v := range found {
		v.judge(owners[at.address], truncated, stale)
		all = append(all, *v)
	}
	SortVIPs(all)
	return all
}

// SortVIPs sorts by how bad it is, then by address.
func SortVIPs(all []VIP) {
	slices.SortFunc(all, func(a, b VIP) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(one(a.Reachable), one(b.Reachable)),
			a.Address.Compare(b.Address), Natural(a.VRF, b.VRF))
	})
}

// incomplete reports whether some node lists not all of its addresses, and how many
// nodes cannot be believed any more: an address that none lists may be there.
func incomplete(reports []report) (truncated bool, stale int) {
	for _, r := range reports {
		truncated = truncated || r.NetlinkImport != nil && r.NetlinkImport.Truncated
		stale += one(r.stale)
	}
	return truncated, stale
}

// judge sums up a VIP, and says what is wrong with one that no node carries.
func (v *VIP) judge(owners []Service, truncated bool, stale int) {
	expected := false
	for _, s := range owners {
		v.Services = append(v.Services, s.String())
		expected = expected || s.PureLB && !s.L2
	}
	slices.Sort(v.Services)
	if len(v.Paths) > 0 {
		v.sum()
		return
	}
	switch {
	case truncated:
		v.Level, v.Why = Notice, fmt.Sprintf("no node lists it, but some list %d addresses only.", v1.MaxImportedAddresses)
	case expected:
		v.Broken, v.Level = OnNode, Problem
		v.Why = "no node carries it on an interface that is imported: check PureLB's lbnodeagent, and netlinkImport.interfaceList."
		if stale > 0 {
			v.Why += fmt.Sprintf(" (Not counting %s that no longer reports.)", plural(stale, "node"))
		}
	default:
		v.Level, v.Why = Notice, "no node carries it; PureLB has not given it, so something else may announce it."
	}
}

// sum sums up the paths of a VIP. There are some.
func (v *VIP) sum() {
	peers := map[string]bool{}
	for _, p := range v.Paths {
		if p.Stale {
			v.Stale++
			continue
		}
		v.Nodes++
		v.InFRR += one(p.Reaches(InFRR))
		v.InBGP += one(p.Reaches(InBGP))
		v.Advertised += one(p.Reaches(Sent))
		for _, peer := range p.Peers {
			peers[peer] = true
		}
		v.Level = max(v.Level, p.Level)
	}
	v.Peers = slices.SortedFunc(maps.Keys(peers), Natural)
	v.Reachable = v.Advertised > 0
	if v.Nodes > 0 {
		v.Broken, v.Why = v.firstBreak()
		return
	}
	v.Broken, v.Level = OnNode, Problem
	v.Why = "only nodes that do not report any more have carried it: " + Few(v.nodes(), few) + "."
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// few is how many names a sentence lists.
const few = 3

func (v *VIP) nodes() (names []string) {
	for _, p := range v.Paths {
		names = append(names, p.Node)
	}
	return names
}

// firstBreak is the first link that does not hold for some node, and what is
// told there, by the nodes that it is told of.
func (v *VIP) firstBreak() (Link, string) {
	var worst *Path
	same := map[string][]string{}
	for i := range v.Paths {
		p := &v.Paths[i]
		if p.Stale || p.Why == "" {
			continue
		}
		same[p.Why] = append(same[p.Why], p.Node)
		if worst == nil || worst.Level < p.Level || worst.Level == p.Level && p.before(*worst) {
			worst = p
		}
	}
	if worst == nil {
		return "", ""
	}
	nodes := same[worst.Why]
	where := Few(nodes, few)
	if len(nodes) == v.Nodes && v.Nodes > 1 {
		where = "all nodes that carry it"
	}
	why := where + ": " + worst.Why
	if others := v.Nodes - v.Advertised - len(nodes); others > 0 && len(same) > 1 {
		why += " " + plural(others, "node") + " more for other reasons."
	}
	return worst.Broken, why
}

// before reports whether a path breaks earlier than another.
func (p Path) before(other Path) bool { return !p.Reaches(other.Broken) && p.Broken != other.Broken }

// On is a VIP as it is on some nodes.
func (v VIP) On(keep func(node string) bool) VIP {
	of := VIP{Address: v.Address, VRF: v.VRF, Services: v.Services}
	for _, p := range v.Paths {
		if keep(p.Node) {
			of.Paths = append(of.Paths, p)
		}
	}
	if len(of.Paths) > 0 {
		of.sum()
	}
	return of
}
