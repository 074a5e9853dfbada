//go:build linux

package policy

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/policy"
)

// gobgp is a router that is GoBGP, with the policy in GoBGP's own words.
type gobgp struct {
	host *lab.Host
	file string
	own  []netip.Prefix
	n    int
}

// node is a part of GoBGP's configuration.
type node = map[string]any

func startGoBGP(h *lab.Host) router {
	g := &gobgp{host: h, file: filepath.Join(h.Dir(), "gobgpd.yaml")}
	if err := g.write(node{}); err != nil {
		panic(err)
	}
	h.Start("gobgpd", "gobgpd", "-f", g.file, "-t", "yaml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable")
	return g
}

// write writes a configuration with the router's constant part.
func (g *gobgp) write(rest node) error {
	var list []node
	for _, n := range neighbors {
		for i, a := range n.own {
			family := []string{"ipv4-unicast", "ipv6-unicast"}[i]
			peer := node{
				"config":    node{"neighbor-address": a.String(), "peer-as": n.asn},
				"transport": node{"config": node{"passive-mode": true, "local-address": n.router[i].String()}},
				"afi-safis": []node{{"config": node{"afi-safi-name": family}}},
			}
			if n.asn == ownASN {
				peer["route-reflector"] = node{"config": node{"route-reflector-client": true, "route-reflector-cluster-id": onLAN[0].String()}}
			}
			list = append(list, peer)
		}
	}
	global := node{"config": node{"as": ownASN, "router-id": onLAN[0].String()}}
	if apply := rest["apply-policy"]; apply != nil {
		global["apply-policy"] = apply
		delete(rest, "apply-policy")
	}
	rest["global"], rest["neighbors"] = global, list
	text, err := yaml.Marshal(rest)
	if err != nil {
		return err
	}
	return os.WriteFile(g.file, text, 0o644)
}

func (g *gobgp) apply(ctx context.Context, t trial, marker netip.Prefix) error {
	g.n++
	first := fmt.Sprintf("trial-%d", g.n)
	config := translate(t, first, marker)
	if err := g.write(config); err != nil {
		return err
	}
	if err := g.host.Process("gobgpd").Signal(syscall.SIGHUP); err != nil {
		return err
	}
	direction := "import"
	if t.direction == policy.Export {
		direction = "export"
	}
	for {
		out, err := g.host.Exec(ctx, "gobgp", "global", "policy", direction)
		if err == nil && strings.Contains(out, first) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("GoBGP does not take the policy: %s %v", out, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (g *gobgp) originate(ctx context.Context, prefixes []netip.Prefix) error {
	change := func(how string, p netip.Prefix, more ...string) error {
		family := "ipv4"
		if p.Addr().Is6() {
			family = "ipv6"
		}
		_, err := g.host.Exec(ctx, "gobgp", append([]string{"global", "rib", "-a", family, how, p.String()}, more...)...)
		return err
	}
	for _, p := range g.own {
		if err := change("del", p); err != nil {
			return err
		}
	}
	g.own = prefixes
	for _, p := range prefixes {
		if err := change("add", p, "origin", "igp", "med", "0"); err != nil {
			return err
		}
	}
	return nil
}

// translate writes a trial's policy for GoBGP, whose policies are for all
// neighbors: the first accepts the marker and what is not the subject's.
func translate(t trial, first string, marker netip.Prefix) node {
	subject := t.subject().address(t.family)
	accept := node{"route-disposition": "accept-route"}
	definitions := []node{{"name": first, "statements": []node{
		{"name": first + "-marker", "conditions": node{"match-prefix-set": node{"prefix-set": "marker"}}, "actions": accept},
		{"name": first + "-others", "conditions": node{"match-neighbor-set": node{"neighbor-set": "subject", "match-set-options": "invert"}}, "actions": accept},
	}}}
	sets := defined(t)
	sets["prefix-sets"] = append(sets["prefix-sets"].([]node), node{"prefix-set-name": "marker", "prefix-list": []node{{"ip-prefix": marker.String()}}})
	sets["neighbor-sets"] = append(sets["neighbor-sets"].([]node), node{"neighbor-set-name": "subject", "neighbor-info-list": []string{subject.String()}})

	for _, d := range t.spec.PolicyDefinitions {
		var statements []node
		for i, st := range d.Statements {
			statements = append(statements, node{
				"name": fmt.Sprintf("%s-%s-%d", first, d.Name, i), "conditions": conditions(&st.Conditions), "actions": actions(&st.Actions),
			})
		}
		definitions = append(definitions, node{"name": d.Name, "statements": statements})
	}
	disposition := "accept-route"
	if t.chain.DefaultAction == v1.Reject {
		disposition = "reject-route"
	}
	way := "import"
	if t.direction == policy.Export {
		way = "export"
	}
	return node{
		"defined-sets":       sets,
		"policy-definitions": definitions,
		"apply-policy": node{"config": node{
			way + "-policy-list":         append([]string{first}, t.chain.Policies...),
			"default-" + way + "-policy": disposition,
		}},
	}
}

func defined(t trial) node {
	prefixes, peers := []node{}, []node{}
	var paths, communities, exts, larges []node
	for _, s := range t.spec.DefinedSets {
		named := func(kind string) node { return node{kind + "-set-name": s.Name, kind + "-list": s.List} }
		switch s.Type {
		case "prefix":
			list := []node{}
			for _, p := range s.Prefixes {
				prefix := netip.MustParsePrefix(p.IPPrefix)
				if prefix.Addr().Is4() != (t.family == v1.IPv4Unicast) {
					continue // GoBGP's sets are of one family
				}
				least, most := p.MaskLengthMin, p.MaskLengthMax
				switch {
				case least == 0 && most == 0:
					least, most = uint32(prefix.Bits()), uint32(prefix.Bits())
				case most == 0:
					most = uint32(prefix.Addr().BitLen())
				}
				list = append(list, node{"ip-prefix": p.IPPrefix, "masklength-range": fmt.Sprintf("%d..%d", least, most)})
			}
			prefixes = append(prefixes, node{"prefix-set-name": s.Name, "prefix-list": list})
		case "neighbor":
			peers = append(peers, node{"neighbor-set-name": s.Name, "neighbor-info-list": s.List})
		case "as-path":
			paths = append(paths, named("as-path"))
		case "community":
			communities = append(communities, named("community"))
		case "ext-community":
			exts = append(exts, named("ext-community"))
		case "large-community":
			larges = append(larges, named("large-community"))
		}
	}
	return node{
		"prefix-sets": prefixes, "neighbor-sets": peers,
		"bgp-defined-sets": node{"as-path-sets": paths, "community-sets": communities, "ext-community-sets": exts, "large-community-sets": larges},
	}
}

func conditions(c *v1.Conditions) node {
	bgp, out := node{}, node{}
	out["bgp-conditions"] = bgp
	match := func(into node, kind string, m *v1.MatchSet) {
		if m != nil {
			option := m.Match
			if option == "" {
				option = "any"
			}
			into["match-"+kind+"-set"] = node{kind + "-set": m.Name, "match-set-options": option}
		}
	}
	match(out, "prefix", c.PrefixSet)
	match(out, "neighbor", c.NeighborSet)
	match(bgp, "as-path", c.ASPathSet)
	match(bgp, "community", c.CommunitySet)
	match(bgp, "ext-community", c.ExtCommunitySet)
	match(bgp, "large-community", c.LargeCommunitySet)
	if l := c.ASPathLength; l != nil {
		bgp["as-path-length"] = node{"operator": l.Operator, "value": l.Length}
	}
	if l := c.CommunityCount; l != nil {
		bgp["community-count"] = node{"operator": l.Operator, "value": l.Count}
	}
	if c.RouteType != "" {
		bgp["route-type"] = c.RouteType
	}
	if c.Origin != "" {
		bgp["origin-eq"] = c.Origin
	}
	if len(c.NextHopInList) > 0 {
		bgp["next-hop-in-list"] = c.NextHopInList
	}
	if len(c.AfiSafiIn) > 0 {
		bgp["afi-safi-in-list"] = c.AfiSafiIn
	}
	return out
}

func actions(a *v1.Actions) node {
	bgp, out := node{}, node{}
	out["bgp-actions"] = bgp
	if a.RouteAction != "" {
		out["route-disposition"] = string(a.RouteAction) + "-route"
	}
	change := func(kind string, c *v1.CommunityAction) {
		if c != nil {
			bgp["set-"+kind] = node{"options": c.Type, "set-" + kind + "-method": node{"communities-list": c.Communities}}
		}
	}
	change("community", a.Community)
	change("ext-community", a.ExtCommunity)
	change("large-community", a.LargeCommunity)
	switch n := a.Nexthop; {
	case n == nil:
	case n.Self:
		bgp["set-next-hop"] = "self"
	case n.PeerAddress:
		bgp["set-next-hop"] = "peer-address"
	case n.Unchanged:
		bgp["set-next-hop"] = "unchanged"
	default:
		bgp["set-next-hop"] = n.Address
	}
	if m := a.MED; m != nil {
		bgp["set-med"] = fmt.Sprint(m.Value)
		if m.Type == "mod" {
			bgp["set-med"] = fmt.Sprintf("%+d", m.Value)
		}
	}
	if p := a.ASPrepend; p != nil {
		bgp["set-as-path-prepend"] = node{"as": fmt.Sprint(p.ASN), "repeat-n": max(p.Repeat, 1)}
	}
	if a.LocalPref != 0 {
		bgp["set-local-pref"] = a.LocalPref
	}
	if a.Origin != "" {
		bgp["set-route-origin"] = a.Origin
	}
	return out
}
