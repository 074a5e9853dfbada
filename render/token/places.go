package token

import "strings"

// A place is a position in FRR's grammar: the words before it.
type place struct {
	elements [][]string // each some keywords, or what the user chooses
	hasText  bool       // a text for people follows
	single   bool       // the secret is one word
	several  bool       // it has several keywords, so that it is found within a sentence
	ends     bool       // nothing follows
}

// How much of a keyword has to be there.
const (
	abbreviated = iota // as little as vtysh takes, and less
	quoted             // within a sentence, where a letter may be anything
	exact
)

// openPlaces are commands without a secret, though they may have a word or a
// name that looks like one. In capitals stands what the user chooses; after TEXT
// and ANY there may be more.
var openPlaces = places(
	"description TEXT", "neighbor NAME description TEXT", "ip|ipv6 prefix-list NAME description TEXT",
	"neighbor NAME shutdown message TEXT", "neighbor NAME password", "access-list NAME remark TEXT", "ip|ipv6 access-list NAME remark TEXT", "banner motd TEXT",
	"frr.conf of node TEXT", "hostname NAME", "domainname NAME", "log file NAME ANY",
	"nexthop-group NAME", "l2vpn NAME type vpls", "router-id NAME ANY",
	"interface NAME", "interface NAME vrf NAME", "vrf NAME", "key chain NAME", "key NUMBER", "router NAME ANY",
	"ip|ipv6 route NAME ANY", "ip|ipv6 router NAME ANY",
	"match KEYWORD ANY", "set KEYWORD ANY", "on-match KEYWORD ANY", "call NAME",
	"route-map NAME permit|deny NUMBER",
	"ip|ipv6 prefix-list NAME seq NUMBER permit|deny ANY",
	"neighbor NAME interface ANY", "network NAME ANY", "bgp local-mac ANY", "bgp community alias ANY", "bmp connect NAME port ANY", "rpki cache ANY",
	"ip|ipv6 distribute-list prefix NAME ANY", "distribute-list prefix NAME ANY", "area NAME filter-list prefix NAME ANY",
	"passive-interface NAME ANY", "ip ospf neighbor-filter ANY", "ip|ipv6 mroute NAME ANY", "ipv6 nd dnssl ANY",
	"msdp mesh-group NAME ANY", "ip msdp mesh-group NAME ANY", "msdp peer NAME sa-filter ANY", "mlag NAME ANY", "ip pim mlag NAME ANY",
	"candidate-path preference NUMBER name NAME ANY", "peer NAME precedence ANY", "peer NAME bfd-mode ANY", "sid NAME ANY",
	"affinity-map NAME ANY", "nexthop NAME ANY", "tunnel protection vici profile ANY", "dump bgp ANY", "log filtered-file|daemon ANY",
	"username NAME nopassword", "service password-encryption",
	"ip rip authentication mode md5|text", "ip rip authentication mode md5 auth-length NAME", "ip rip authentication key-chain ANY",
	"ip authentication mode eigrp NUMBER md5|hmac-sha-256", "ip authentication key-chain eigrp NUMBER NAME",
	"ip ospf authentication null|message-digest", "ip ospf authentication null|message-digest ADDRESS", "ip ospf authentication ADDRESS",
	"ip ospf authentication key-chain NAME", "ip ospf authentication key-chain NAME ADDRESS",
	"ipv6 ospf6 authentication keychain NAME",
	"area NAME authentication message-digest", "area NAME authentication",
	"area NAME virtual-link NAME authentication message-digest|null", "area NAME virtual-link NAME authentication key-chain NAME",
	"authentication key-chain NAME", "authentication algorithm meticulous", "cryptographic-algorithm NAME",
)

// secretPlaces are where commands of FRR 8.4 to 10.7 have their secrets, in the
// order of preference, and then those of other routers that operators know. A
// LINE goes to the end, a WORD is one word.
var secretPlaces = places(
	"neighbor NAME password LINE", // bgpd; ldpd takes one word
	"password LINE", "enable password LINE",
	"key-string LINE",
	"ip ospf authentication-key WORD", "ospf authentication-key WORD",
	"ip ospf message-digest-key NUMBER md5 WORD", "ospf message-digest-key NUMBER md5 WORD",
	"area NAME virtual-link NAME ... message-digest-key NUMBER md5 WORD",
	"area NAME virtual-link NAME ... authentication-key WORD",
	"ipv6 ospf6 authentication key-id NUMBER hash-algo NAME key WORD",
	"isis|openfabric password clear|md5 WORD", "area-password|domain-password clear|md5 WORD",
	"ip rip authentication string LINE",
	"ip|ipv6 nhrp authentication WORD",
	"msdp peer NAME password WORD", "ip msdp peer NAME password WORD",
	"tcp-md5-auth WORD",

	"enable secret LINE", "username NAME password LINE", "username NAME secret LINE", "secret LINE", "key LINE",
	"ip ospf authentication LINE", "ip ospf message-digest-key LINE", "snmp-server community LINE", "snmp-server user LINE",
	"snmp-server host LINE", "radius-server|tacacs-server ... key LINE",
)

func places(patterns ...string) []place {
	var all []place
	for _, text := range patterns {
		p := place{ends: true}
		for _, e := range strings.Fields(text) {
			switch e {
			case "TEXT":
				p.hasText, p.ends = true, false
			case "ANY":
				p.ends = false
			case "LINE", "WORD":
				p.single, p.ends = e == "WORD", false
			default:
				p.elements = append(p.elements, strings.Split(e, "|"))
			}
		}
		p.several = len(p.elements) > 1
		all = append(all, p)
	}
	return all
}

// match reports whether words begin with those before a place, and how many
// those are.
func (p *place) match(words []word, mode int) (int, bool) {
	if !p.mayBegin(words[0].text) {
		return 0, false
	}
	n, ok := p.matchFrom(0, words, mode)
	return n, ok && (!p.ends || n == len(words))
}

// mostBetween is how many words stand for "...": more have no command of FRR.
const mostBetween = 40

// mayBegin reports whether a word can be the first of a place, by its first
// letter: most of a configuration is looked at no further.
func (p *place) mayBegin(w string) bool {
	for _, keyword := range p.elements[0] {
		if w != "" && w[0] == keyword[0] {
			return true
		}
	}
	return false
}

func (p *place) matchFrom(at int, words []word, mode int) (int, bool) {
	n := 0
	for ; at < len(p.elements); at++ {
		e := p.elements[at]
		if e[0] == "..." {
			for skipped := n; skipped < min(len(words), n+mostBetween); skipped++ {
				if more, ok := p.matchFrom(at+1, words[skipped:], max(mode, quoted)); ok {
					return skipped + more, true
				}
			}
			return 0, false
		}
		if n >= len(words) || !isElement(e, words[n].text, p.least(mode)) {
			return 0, false
		}
		n++
	}
	return n, true
}

// least is how many letters of a keyword there must be.
func (p *place) least(mode int) int {
	switch {
	case mode == exact:
		return maxCommandLine
	case mode == quoted:
		return 3
	case !p.several:
		return 2
	}
	return 1
}

// isElement reports whether a word is what an element of a place stands for:
// one of some keywords, or what the user chooses.
func isElement(element []string, w string, least int) bool {
	switch element[0] {
	case "NAME":
		return true
	case "NUMBER":
		return isNumber(w)
	case "ADDRESS":
		return strings.Count(w, ".") == 3 && strings.Trim(w, "0123456789.") == ""
	case "KEYWORD":
		return !announces(w)
	}
	for _, keyword := range element {
		if w == keyword || w != "" && isAbbreviation(w, keyword, least) && !whole[w] {
			return true
		}
	}
	return false
}

// ofNeighbors are the keywords of bgpd and ldpd after a neighbor's name, less
// those that a secret or a text follows.
var ofNeighbors = wordSet(`accept-own activate addpath-rx-paths-limit addpath-tx-all-paths addpath-tx-best-selected
	addpath-tx-bestpath-per-as advertise-map advertisement-interval aigp allowas-in as as-override attribute-unchanged bfd
	capability dampening default-originate disable-addpath-rx disable-connected-check disable-link-bw-encoding-ieee
	distribute-list dont-capability-negotiate ebgp-multihop encapsulation-mpls encapsulation-srv6 encapsulation-srv6-relax
	enforce-first-as enforce-multihop extended-link-bandwidth extended-optional-parameters filter-list graceful-restart
	graceful-restart-disable graceful-restart-helper graceful-shutdown interface ip-transparent local-as local-link-id
	local-role maximum-prefix maximum-prefix-out next-hop-self nexthop-local oad override-capability passive path-attribute
	peer-group port prefix-list remote-as remote-link-id remove-private-as route-map route-reflector-client
	route-server-client rpki send-community send-nexthop-characteristics sender-as-path-loop-detection session shutdown
	soft-reconfiguration solo soo strict-capability-match targeted tcp-mss timers ttl-security unsuppress-map update-source
	weight`)

// whole are keywords that are not short for those which begin with them.
var whole = map[string]bool{
	"area": true, "domain": true, "ip": true, "key": true, "ospf": true, "authentication": true, "message-digest": true,
}
