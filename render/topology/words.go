package topology

import (
	"fmt"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// plain is a text of the user's in one line: blanks are collapsed, and what is
// not seen is shown as its code point.
func plain(s string) string { return token.Show(strings.Join(strings.Fields(s), " ")) }

// short cuts a text that is longer than so many characters.
func short(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimRight(string(runes[:most-1]), " ") + "…"
}

// headline says how much there is.
func (t *Topology) headline() string {
	groups, routers := 0, 0
	for i := range t.Groups {
		groups += t.Groups[i].Alike
	}
	for i := range t.Routers {
		routers += t.Routers[i].count()
	}
	nodes := counted(t.NodeCount(), "node")
	if groups > 1 {
		nodes += fmt.Sprintf(" in %s", counted(groups, "group"))
	}
	return fmt.Sprintf("%s, %s, %s", nodes, counted(routers, "peer"), counted(t.SessionCount(), "session"))
}

// Problems says what is wrong, a sentence each.
func (t *Topology) Problems() []string {
	var out []string
	alone := t.isolated()
	for i := range t.Groups {
		g := &t.Groups[i]
		switch {
		case g.Failure != "":
			out = append(out, fmt.Sprintf("%s (%s): nothing runs: %s", g.title(), g.size(), g.Failure))
		case alone[i]:
			out = append(out, fmt.Sprintf("%s (%s): no neighbors", g.title(), g.size()))
		}
	}
	for i := range t.Routers {
		r := &t.Routers[i]
		if r.Unused {
			out = append(out, fmt.Sprintf("%s: no node has it (%s)", r.title(), fewOf(r.Fields)))
		}
		for _, s := range r.Sessions {
			if s.failed() {
				out = append(out, fmt.Sprintf("%s: refused: %s (%s)", r.title(), s.Refused, fewOf(r.Fields)))
			}
		}
	}
	return out
}

// title is what a router is called.
func (r *Router) title() string {
	switch {
	case r.Mixed:
		return counted(len(r.Peers), "more peer")
	case len(r.Peers) == 2:
		return r.wheres()
	case len(r.Peers) > 2:
		return counted(len(r.Peers), "peer") + " alike"
	}
	return r.Where
}

// wheres are the first and the last of the peers of a collapsed router.
func (r *Router) wheres() string {
	var all []string
	for _, p := range r.Peers {
		if len(all) == 0 || all[len(all)-1] != p.Where {
			all = append(all, p.Where)
		}
	}
	return fewOf(all)
}

// systems are the AS numbers of the peers of a router: AS 65001, or the first
// and the last of several.
func (r *Router) systems() string {
	low, high := r.ASN, r.ASN
	for _, p := range r.Peers {
		low, high = min(low, p.ASN), max(high, p.ASN)
	}
	switch {
	case high == 0:
		return ""
	case low == high:
		return fmt.Sprintf("AS %d", high)
	}
	return fmt.Sprintf("AS %d … %d", low, high)
}

// about says what a router is besides where.
func (r *Router) about() string {
	var parts []string
	switch r.Kind {
	case Unnumbered:
		parts = append(parts, "unnumbered")
	case Range:
		parts = append(parts, "any peer in this range")
	}
	switch {
	case r.Mixed:
	case r.Relation == Internal:
		parts = append(parts, "internal")
	case r.Relation == Confederated:
		parts = append(parts, "confederation")
	case r.ASN != 0:
		parts = append(parts, "external")
	}
	if r.PeerGroup != "" {
		parts = append(parts, "peer group "+plain(r.PeerGroup))
	}
	return strings.Join(parts, " · ")
}

// familyWords are what a family is called on a badge.
var familyWords = map[string]string{
	"ipv4-unicast": "IPv4", "ipv6-unicast": "IPv6",
	"ipv4-multicast": "IPv4 multicast", "ipv6-multicast": "IPv6 multicast",
	"ipv4-labeled": "IPv4 labeled", "ipv6-labeled": "IPv6 labeled",
	"ipv4-vpn": "IPv4 VPN", "ipv6-vpn": "IPv6 VPN",
	"ipv4-flowspec": "IPv4 flowspec", "ipv6-flowspec": "IPv6 flowspec",
	"l2vpn-evpn": "EVPN",
}

// families are the words for the families of a session.
func (s Session) families() []string {
	var out []string
	for _, f := range strings.Fields(s.Families) {
		if word := familyWords[f]; word != "" {
			f = word
		}
		out = append(out, f)
	}
	return out
}

// marks are the words for what else is worth knowing about a session.
func (s Session) marks() []string {
	var out []string
	for _, m := range []struct {
		is   bool
		word string
	}{
		{s.Password, "MD5"},
		{s.BFD, "BFD"},
		{s.Multihop, "multihop"},
		{s.Client, "RR client"},
		{s.Passive, "passive"},
		{s.LocalASN != 0, fmt.Sprintf("as AS %d", s.LocalASN)},
		{s.Down, "shut down"},
	} {
		if m.is {
			out = append(out, m.word)
		}
	}
	return out
}

// line is a session in one line.
func (s Session) line() string {
	if s.failed() {
		return "refused: " + s.Refused
	}
	families := s.families()
	if len(families) == 0 {
		families = []string{"no family"}
	}
	return strings.Join(append(families, s.marks()...), " · ")
}
