package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// The types of defined sets.
const (
	prefixSet    = "prefix"
	neighborSet  = "neighbor"
	pathSet      = "as-path"
	communitySet = "community"
	extSet       = "ext-community"
	largeSet     = "large-community"
)

var setTypes = []string{prefixSet, neighborSet, pathSet, communitySet, extSet, largeSet}

// set is a defined set whose members have been read.
type set struct {
	prefixes  []prefixMember
	neighbors []netip.Prefix
	members   []member
	// values are those of prefixes, by family; made when first asked for.
	values map[bool][]string
}

// prefixValues are the lines of a prefix list for IPv4 or IPv6.
func (s *set) prefixValues(ipv4 bool) []string {
	if values, ok := s.values[ipv4]; ok {
		return values
	}
	var values []string
	for _, p := range s.prefixes {
		if p.ipv4 == ipv4 {
			values = append(values, p.value)
		}
	}
	if s.values == nil {
		s.values = map[bool][]string{}
	}
	s.values[ipv4] = values
	return values
}

// member is an AS path, or a community of any type.
type member struct {
	raw string
	// standard is the value of one exact community in a standard list; empty
	// for an expression, and for a value that a standard list cannot hold.
	standard, key string
	expanded      []string // its lines in an expanded list
	path          asPath   // of an AS path
}

// prefixMember is a line of a prefix list.
type prefixMember struct {
	ipv4  bool
	value string
}

func (p *Policies) readSets(sets []v1.DefinedSet, report func(path, value, text string)) {
	for i := range sets {
		s, path := &sets[i], fmt.Sprintf("definedSets[%d]", i)
		if !slices.Contains(setTypes, s.Type) {
			report(path+".type", s.Type, "must be one of "+strings.Join(setTypes, ", "))
			continue
		}
		if s.Name == "" {
			report(path+".name", s.Name, "must not be empty")
		}
		key := setKey{s.Type, s.Name}
		if p.sets[key] != nil {
			report(path+".name", s.Name, "is the name of an earlier set of the same type")
			continue
		}
		out := new(set)
		p.sets[key] = out
		if s.Type != prefixSet && len(s.Prefixes) > 0 {
			report(path+".prefixes", s.Name, "are members of sets of type prefix only: use list")
		}
		for j := range s.Prefixes {
			if s.Type == prefixSet {
				out.addPrefix(&s.Prefixes[j], fmt.Sprintf("%s.prefixes[%d]", path, j), report)
			}
		}
		for j, raw := range s.List {
			if err := p.add(out, s.Type, raw); err != nil {
				report(fmt.Sprintf("%s.list[%d]", path, j), raw, err.Error())
			}
		}
	}
}

func (p *Policies) add(s *set, kind, raw string) error {
	switch kind {
	case prefixSet:
		return errors.New("is not used: the members of a prefix set stand in prefixes")
	case neighborSet:
		n, err := addressOrPrefix(raw)
		if err == nil {
			s.neighbors = append(s.neighbors, n)
		}
		return err
	}
	m, err := p.member(kind, raw)
	if err == nil {
		s.members = append(s.members, m)
	}
	return err
}

// addressOrPrefix reads an address, which is a prefix of full length, or a
// prefix.
func addressOrPrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		var a netip.Addr
		a, err = netip.ParseAddr(s)
		p = netip.PrefixFrom(a.WithZone(""), a.BitLen())
		if a.Zone() != "" {
			return p, errors.New("must not carry an interface")
		}
	}
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, errors.New("must be an IPv4 or IPv6 address or prefix")
	}
	return p.Masked(), nil
}

// addPrefix reads a member of a prefix set. Without bounds only the prefix
// itself matches; with a lower one alone, what is more specific; with an upper
// one alone, what is not more specific than that.
func (s *set) addPrefix(p *v1.Prefix, path string, report func(path, value, text string)) {
	if p.RTCPrefix != "" {
		report(path+".rtcPrefix", p.RTCPrefix, "cannot be matched: FRR has no route target constraint (RFC 4684); match the route targets with an ext-community set")
		return
	}
	ip, err := netip.ParsePrefix(p.IPPrefix)
	if err != nil || ip.Addr().Is4In6() {
		report(path+".ipPrefix", p.IPPrefix, "must be an IPv4 or IPv6 prefix such as 192.0.2.0/24")
		return
	}
	ip = ip.Masked()
	bits, longest := uint32(ip.Bits()), uint32(ip.Addr().BitLen())
	least, most := p.MaskLengthMin, p.MaskLengthMax
	switch {
	case least == 0 && most == 0:
		least, most = bits, bits
	case most == 0:
		most = longest
	}
	least = max(least, bits)
	if most > longest {
		report(path+".maskLengthMax", fmt.Sprint(most), fmt.Sprintf("must be at most %d", longest))
		return
	}
	if most < least {
		report(path+".maskLengthMax", fmt.Sprint(most), fmt.Sprintf("must be at least %d, or nothing matches", least))
		return
	}
	value := ip.String()
	if least > bits {
		value += fmt.Sprintf(" ge %d", least)
	}
	if most > bits {
		value += fmt.Sprintf(" le %d", most)
	}
	s.prefixes = append(s.prefixes, prefixMember{ip.Addr().Is4(), value})
}

// readResult is what became of a member.
type readResult struct {
	member
	err error
}

// member is readMember, once for members that are alike.
func (p *Policies) member(kind, raw string) (member, error) {
	key := setKey{kind, raw}
	known, ok := p.members[key]
	if !ok {
		known.member, known.err = p.work.readMember(kind, raw)
		p.members[key] = known
	}
	return known.member, known.err
}

// readMember reads a member of an AS path or community set, or a community
// that is to be removed.
func (w *work) readMember(kind, raw string) (member, error) {
	if w.pause != nil {
		w.pause()
	}
	m := member{raw: raw}
	var err error
	switch kind {
	case pathSet:
		m.path, err = w.readPath(raw)
		return m, err
	case communitySet:
		var c uint32
		if c, err = parseCommunity(raw); err == nil {
			word := communityWord(c)
			m.expanded = []string{element(word)}
			if c == 0 { // to a standard list of 8.4 "internet" is any route; 10.x shows the number
				m.expanded = append(m.expanded, element(communityNumbers(c)))
			} else {
				m.standard, m.key = word, fmt.Sprintf("%08x", c)
			}
		}
	case largeSet:
		if m.standard, m.key, err = parseLarge(raw); err == nil {
			m.expanded = []string{element(m.standard)}
		}
	case extSet:
		var e ext
		if e, err = parseExt(raw); err == nil {
			m.standard, m.key = e.kind+" "+e.value, e.key
			m.expanded = []string{element(strings.ReplaceAll(e.display(), ".", "[.]"))}
		}
	}
	if errors.Is(err, errPattern) {
		m.expanded, err = w.readPattern(kind, raw)
	}
	return m, err
}

// What stands before and after a community among those of a route.
const (
	elementBegins = "(^|[ ])"
	elementEnds   = "([ ]|$)"
)

// element is the expression for one whole community among those of a route.
func element(value string) string { return elementBegins + value + elementEnds }
