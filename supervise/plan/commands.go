package plan

import (
	"slices"
	"strconv"
	"strings"
)

// slots are the commands of which FRR keeps one at a time: entering it again
// with another value replaces the value. In a pattern, @ is a word that tells
// one slot from another, # a number that does, _ is the value, … is the value to
// the end of the line, and a|b are words that exclude each other. A command that
// matches no pattern is a slot of its own.
var slots = patterns(
	// top level
	"bgp route-map delay-timer _",
	"ip protocol @ route-map _",
	"ipv6 protocol @ route-map _",
	"ip prefix-list @ seq @ …",
	"ipv6 prefix-list @ seq @ …",
	"bgp as-path access-list @ seq @ …",
	"bgp community-list @ @ seq @ …",
	"bgp extcommunity-list @ @ seq @ …",
	"bgp large-community-list @ @ seq @ …",
	"route-map vpn import _", // in an address family
	"route-map vpn export _",
	"route-map @ _ @",
	// bfd profile
	"detect-multiplier _",
	"transmit-interval _",
	"receive-interval _",
	"echo transmit-interval _",
	"echo receive-interval _",
	"minimum-ttl _",
	// router bgp
	"bgp router-id _",
	"bgp cluster-id _",
	"bgp confederation identifier _",
	"bgp graceful-restart|graceful-restart-disable",
	"bgp graceful-restart restart-time _",
	"bgp graceful-restart stalepath-time _",
	"bgp graceful-restart select-defer-time _",
	"bgp graceful-restart rib-stale-time _",
	"bgp long-lived-graceful-restart stale-time _",
	"bgp bestpath as-path multipath-relax …",
	"bgp bestpath bandwidth _",
	"bgp listen limit _",
	"bgp listen range @ peer-group _",
	"bgp default local-preference _",
	"bgp default subgroup-pkt-queue-max _",
	"bgp default-originate timer _",
	"bgp conditional-advertisement timer _",
	"bgp max-med on-startup …",
	"bgp minimum-holdtime _",
	"bgp tcp-keepalive …",
	"timers bgp …",
	"coalesce-time _",
	"read-quanta _",
	"write-quanta _",
	"update-delay …",
	"neighbor @ remote-as _",
	"neighbor @ local-as …",
	"neighbor @ description …",
	"neighbor @ password …",
	"neighbor @ ebgp-multihop …",
	"neighbor @ ttl-security hops _",
	"neighbor @ update-source _",
	"neighbor @ port _",
	"neighbor @ tcp-mss _",
	"neighbor @ bfd profile _",
	"neighbor @ graceful-restart|graceful-restart-helper|graceful-restart-disable",
	"neighbor @ advertisement-interval _",
	"neighbor @ timers connect _",
	"neighbor @ timers delayopen _",
	"neighbor @ timers _ _",
	"neighbor @ peer-group _",
	"neighbor @ interface remote-as _",
	"neighbor @ interface peer-group _",
	"neighbor @ interface _",
	// address-family
	"redistribute table # …",
	"redistribute table-direct # …",
	"redistribute ospf # …",
	"redistribute @ …",
	"network @ …",
	"aggregate-address @ …",
	"table-map _",
	"maximum-paths ibgp …",
	"maximum-paths _",
	"distance bgp …",
	"bgp dampening …",
	"rd vpn export _",
	"rt vpn @ …",
	"label vpn export _",
	"nexthop vpn export _",
	"neighbor @ route-map _ @",
	"neighbor @ prefix-list _ @",
	"neighbor @ filter-list _ @",
	"neighbor @ distribute-list _ @",
	"neighbor @ unsuppress-map _",
	"neighbor @ default-originate …",
	"neighbor @ attribute-unchanged …",
	"neighbor @ addpath-tx-all-paths|addpath-tx-bestpath-per-AS|addpath-tx-best-selected …",
	"neighbor @ addpath-rx-paths-limit _",
	"neighbor @ allowas-in …",
	"neighbor @ dampening …",
	"neighbor @ maximum-prefix …",
	"neighbor @ maximum-prefix-out _",
	"neighbor @ soo _",
	"neighbor @ weight _",
	// route-map
	"description …",
	"call _",
	"on-match …",
	"match as-path _",
	"match community …",
	"match extcommunity …",
	"match large-community …",
	"match evpn @ _",
	"match interface _",
	"match ip address @ _",
	"match ip next-hop @ _",
	"match ip next-hop _",
	"match ip route-source @ _",
	"match ipv6 address @ _",
	"match ipv6 next-hop @ _",
	"match local-preference _",
	"match metric _",
	"match origin _",
	"match peer _",
	"match probability _",
	"match rpki _",
	"match rpki-extcommunity _",
	"match source-protocol _",
	"match source-vrf _",
	"match tag _",
	"set as-path @ …",
	"set comm-list _ delete",
	"set large-comm-list _ delete",
	"set extended-comm-list _ delete",
	"set community …",
	"set extcommunity @ …",
	"set large-community …",
	"set ip next-hop peer-address|unchanged", // and an address besides
	"set ip next-hop _",
	"set ipv6 next-hop global _",
	"set ipv6 next-hop local _",
	"set aigp-metric _",
	"set distance _",
	"set label-index _",
	"set local-preference _",
	"set metric _",
	"set origin _",
	"set originator-id _",
	"set src _",
	"set table _",
	"set tag _",
	"set weight _",
)

// short are the commands whose "no" form must not, or need not, repeat the
// value: a password has no business in it, FRR takes no description or number
// there, and 8.4 no table and not more than one AS number.
var short = patterns(
	"bgp route-map delay-timer _",
	"neighbor @ description …",
	"neighbor @ password …",
	"neighbor @ advertisement-interval _",
	"neighbor @ timers connect _",
	"neighbor @ timers delayopen _",
	"neighbor @ timers _ _",
	"redistribute table # …",
	"redistribute table-direct # …",
	"redistribute ospf # …",
	"redistribute @ …",
	"description …",
	"on-match goto _",
	"set as-path @ …",
	"set table _",
)

// usual are the values of what has no "no" form on FRR 8.4 and is entered again
// instead. FRR shows none of them.
var usual = map[string]string{
	"detect-multiplier":      "3",
	"transmit-interval":      "300",
	"receive-interval":       "300",
	"echo transmit-interval": "50",
	"echo receive-interval":  "50",
}

// pattern is the words of a command, each with its alternatives.
type pattern [][]string

// patterns are kept by their first word, which every command has.
func patterns(list ...string) map[string][]pattern {
	out := map[string][]pattern{}
	for _, text := range list {
		p := compile(text)
		out[p[0][0]] = append(out[p[0][0]], p)
	}
	return out
}

func compile(text string) pattern {
	var p pattern
	for _, word := range strings.Fields(text) {
		p = append(p, strings.Split(word, "|"))
	}
	return p
}

func (p pattern) matches(words []string) bool {
	for i, alternatives := range p {
		switch first := alternatives[0]; {
		case first == "…":
			return i <= len(words)
		case i >= len(words):
			return false
		case first == "#":
			if _, err := strconv.ParseUint(words[i], 10, 32); err != nil {
				return false
			}
		case first != "_" && first != "@" && !slices.Contains(alternatives, words[i]):
			return false
		}
	}
	return len(p) == len(words)
}

// identity is a command that matches, less the values.
func (p pattern) identity(words []string) string {
	id := make([]byte, 0, 80) // on the stack, as slots are short
	for i, alternatives := range p {
		if alternatives[0] == "_" || alternatives[0] == "…" {
			continue
		}
		if len(id) > 0 {
			id = append(id, ' ')
		}
		if len(alternatives) == 1 {
			id = append(id, words[i]...)
			continue
		}
		for k, word := range alternatives {
			if k > 0 {
				id = append(id, '|')
			}
			id = append(id, word...)
		}
	}
	return string(id)
}

func firstMatch(patterns map[string][]pattern, command string) (string, bool) {
	first, _, _ := strings.Cut(command, " ")
	candidates := patterns[first]
	if candidates == nil {
		return "", false
	}
	words := wordsOf(make([]string, 0, 16), command)
	for _, p := range candidates {
		if p.matches(words) {
			return p.identity(words), true
		}
	}
	return "", false
}

// wordsOf appends the words of a command, as strings.Fields finds them between
// blanks.
func wordsOf(words []string, command string) []string {
	for command != "" {
		var word string
		if word, command, _ = strings.Cut(command, " "); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// slotOf names what a command sets, so that two commands of one slot are two
// values of one thing. A command and its "no" form share their slot.
func slotOf(command string) string {
	positive := strings.TrimPrefix(command, "no ")
	if slot, ok := firstMatch(slots, positive); ok {
		return slot
	}
	return positive
}

// settle drops the commands that a later one of their slot replaces.
func (n *node) settle() {
	last := bySlot(n.children)
	n.children = slices.DeleteFunc(n.children, func(c *node) bool { return last[c.key()] != c })
	n.below = nil
	for _, c := range n.children {
		c.settle()
	}
}

// negate returns the command that takes another back.
func negate(command string) string {
	if positive, ok := strings.CutPrefix(command, "no "); ok {
		return positive
	}
	if id, ok := firstMatch(short, command); ok {
		return "no " + id
	}
	if id, ok := firstMatch(slots, command); ok && usual[id] != "" {
		return id + " " + usual[id]
	}
	return "no " + command
}
