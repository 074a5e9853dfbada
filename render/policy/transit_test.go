package policy

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// accepts compiles an export policy for an external neighbor and judges it.
func accepts(t *testing.T, family v1.Family, sets []v1.DefinedSet, statements ...v1.Statement) bool {
	t.Helper()
	p, problems := Read(sets, []v1.PolicyDefinition{{Name: "p", Statements: statements}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, problems := p.Compile(&v1.PolicyAssignment{Policies: []string{"p"}, DefaultAction: v1.Reject},
		Subject{Direction: Export, Family: family, External: true, LocalASN: 65000, Tag: 7473, Learned: Learned{External: true}}, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p.AcceptsLearned(m, 7473)
}

// inSet accepts what a set of prefixes, or of communities, has or has not.
func inSet(kind, name, match string, action v1.RouteAction) v1.Statement {
	st := v1.Statement{Actions: v1.Actions{RouteAction: action}}
	if kind == prefixSet {
		st.Conditions.PrefixSet = &v1.MatchSet{Name: name, Match: match}
	} else {
		st.Conditions.CommunitySet = &v1.MatchSet{Name: name, Match: match}
	}
	return st
}

func TestAcceptsLearned(t *testing.T) {
	prefixes := func(name string, p ...v1.Prefix) v1.DefinedSet {
		return v1.DefinedSet{Type: prefixSet, Name: name, Prefixes: p}
	}
	sets := []v1.DefinedSet{
		prefixes("all", v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMax: 32}, v1.Prefix{IPPrefix: "::/0", MaskLengthMax: 128}),
		prefixes("all4", v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMax: 32}),
		prefixes("halves", v1.Prefix{IPPrefix: "0.0.0.0/1", MaskLengthMax: 32}, v1.Prefix{IPPrefix: "128.0.0.0/1", MaskLengthMax: 32}, v1.Prefix{IPPrefix: "0.0.0.0/0"}),
		prefixes("no default", v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMin: 1}),
		prefixes("default", v1.Prefix{IPPrefix: "0.0.0.0/0"}),
		prefixes("short and long", v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMax: 23}, v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMin: 25}),
		prefixes("24", v1.Prefix{IPPrefix: "0.0.0.0/0", MaskLengthMin: 24, MaskLengthMax: 24}),
		prefixes("ten", v1.Prefix{IPPrefix: "10.0.0.0/8", MaskLengthMax: 32}),
		prefixes("in ten", v1.Prefix{IPPrefix: "10.1.0.0/16", MaskLengthMin: 17}),
		prefixes("six", v1.Prefix{IPPrefix: "::/0", MaskLengthMax: 128}),
		prefixes("empty"),
		{Type: communitySet, Name: "c", List: []string{"65000:1"}},
		{Type: communitySet, Name: "none"},
	}
	one := func(name, match string) []v1.Statement {
		return []v1.Statement{inSet(prefixSet, name, match, v1.Accept)}
	}
	v4, v6 := v1.IPv4Unicast, v1.IPv6Unicast
	for _, c := range []struct {
		name       string
		family     v1.Family
		statements []v1.Statement
		want       bool
	}{
		{"not in all", v4, one("all", "invert"), false},
		{"not in all, IPv6", v6, one("all", "invert"), false},
		{"not in all of IPv4", v4, one("all4", "invert"), false},
		{"not in all of IPv4, IPv6", v6, one("all4", "invert"), false}, // a set of another family never matches
		{"in all", v4, one("all", ""), true},
		{"in all of IPv6, IPv4", v4, one("six", ""), false},
		{"not in two halves and the default route", v4, one("halves", "invert"), false},
		{"not in what is no default route", v4, one("no default", "invert"), true},
		{"not in two ranges of lengths", v4, one("short and long", "invert"), true},
		{"in an empty set", v4, one("empty", ""), false},
		{"in ten and not in ten", v4, []v1.Statement{inSet(prefixSet, "ten", "", v1.Reject), inSet(prefixSet, "in ten", "", v1.Accept)}, false},
		{"in ten after what is in it", v4, []v1.Statement{inSet(prefixSet, "in ten", "", v1.Reject), inSet(prefixSet, "ten", "", v1.Accept)}, true},
		{"nothing left of all", v4, []v1.Statement{inSet(prefixSet, "short and long", "", v1.Reject), inSet(prefixSet, "24", "", v1.Reject), {Actions: v1.Actions{RouteAction: v1.Accept}}}, false},
		{"the default route left of all", v4, []v1.Statement{inSet(prefixSet, "no default", "", v1.Reject), {Actions: v1.Actions{RouteAction: v1.Accept}}}, true},
		{"all but the default route, and not the default route", v4, []v1.Statement{inSet(prefixSet, "no default", "", v1.Reject), inSet(prefixSet, "default", "invert", v1.Accept)}, false},
		{"with a community", v4, []v1.Statement{inSet(communitySet, "c", "", v1.Accept)}, true},
		{"with a community that was rejected", v4, []v1.Statement{inSet(communitySet, "c", "", v1.Reject), inSet(communitySet, "c", "", v1.Accept)}, false},
		{"without a community, when those without were rejected", v4, []v1.Statement{inSet(communitySet, "c", "invert", v1.Reject), inSet(communitySet, "c", "invert", v1.Accept)}, false},
		{"with a community that was added meanwhile", v4, []v1.Statement{inSet(communitySet, "c", "", v1.Reject),
			{Actions: v1.Actions{Community: &v1.CommunityAction{Type: "add", Communities: []string{"65000:1"}}}}, inSet(communitySet, "c", "", v1.Accept)}, true},
		{"with a community of an empty set", v4, []v1.Statement{inSet(communitySet, "none", "", v1.Accept)}, false},
		{"of another family", v4, []v1.Statement{{Conditions: v1.Conditions{AfiSafiIn: []v1.Family{v6}}, Actions: v1.Actions{RouteAction: v1.Accept}}}, false},
		{"originated", v4, []v1.Statement{{Conditions: v1.Conditions{RouteType: "local"}, Actions: v1.Actions{RouteAction: v1.Accept}}}, false},
	} {
		if got := accepts(t, c.family, sets, c.statements...); got != c.want {
			t.Errorf("%s: accepts learned routes: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAcceptsLearnedAsTried compares the judgement with the attempt to pass each
// of all prefixes of up to eight bits through random maps. Longer ones differ
// from each other in nothing.
func TestAcceptsLearnedAsTried(t *testing.T) {
	yes := 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := Map{Name: fmt.Sprint(seed)}
		for l := range 1 + r.IntN(3) {
			list := List{Command: "ip prefix-list", Name: fmt.Sprint("L", l)}
			for range 1 + r.IntN(5) {
				bits := r.IntN(4)
				value := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.IntN(256)), 0, 0, 0}), bits).Masked().String()
				least := bits + r.IntN(4)
				if least > bits {
					value += fmt.Sprintf(" ge %d", least)
				}
				if r.IntN(2) == 0 {
					value += fmt.Sprintf(" le %d", 32)
				} else if most := least + r.IntN(7-least+1); most > bits {
					value += fmt.Sprintf(" le %d", most)
				}
				list.Entries = append(list.Entries, ListEntry{Value: value})
			}
			m.Lists = append(m.Lists, list)
		}
		for k := range 1 + r.IntN(6) {
			e := Entry{Action: "permit", Seq: uint32(k+1) * 10}
			for range r.IntN(3) {
				e.Lines = append(e.Lines, fmt.Sprintf("match ip address prefix-list L%d", r.IntN(len(m.Lists))))
			}
			switch r.IntN(4) {
			case 0:
				e.Action = "deny"
			case 1:
				e.Lines = append(e.Lines, "on-match next")
			case 2:
				e.Lines = append(e.Lines, fmt.Sprintf("on-match goto %d", e.Seq+10*uint32(1+r.IntN(3))))
			}
			m.Entries = append(m.Entries, e)
		}
		want := slices.ContainsFunc(shortPrefixes(), func(p netip.Prefix) bool { return passes(m, p) })
		p, _ := Read(nil, nil)
		if got := p.AcceptsLearned(m, 7473); got != want {
			t.Fatalf("seed %d: accepts learned routes: %v, want %v\n%s", seed, got, want, show(m, nil))
		}
		if want {
			yes++
		}
	}
	if yes < 100 || yes > 900 {
		t.Errorf("%d of 1000 random maps permit something: they show little", yes)
	}
}

func shortPrefixes() (all []netip.Prefix) {
	for bits := range 9 {
		for i := range 1 << bits {
			all = append(all, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(i << (8 - bits))}), bits))
		}
	}
	return all
}

// passes evaluates a map that matches prefixes only, as FRR does.
func passes(m Map, p netip.Prefix) bool {
	for i := 0; i < len(m.Entries); {
		e := m.Entries[i]
		if slices.ContainsFunc(e.Lines, func(line string) bool {
			words := strings.Fields(line)
			return words[0] == "match" && !permitted(m.Lists[slices.IndexFunc(m.Lists, func(l List) bool { return l.Name == words[4] })], p)
		}) {
			i++
			continue
		}
		if e.Action == "deny" {
			return false
		}
		last := e.Lines
		if len(last) == 0 || !strings.HasPrefix(last[len(last)-1], "on-match ") {
			return true
		}
		to := e.Seq + 1
		fmt.Sscanf(last[len(last)-1], "on-match goto %d", &to)
		if i = slices.IndexFunc(m.Entries, func(e Entry) bool { return e.Seq >= to }); i < 0 {
			return true
		}
	}
	return false
}

func permitted(l List, p netip.Prefix) bool {
	return slices.ContainsFunc(l.Entries, func(e ListEntry) bool {
		words := strings.Fields(e.Value)
		of := netip.MustParsePrefix(words[0])
		least, most := of.Bits(), of.Bits()
		for i := 1; i < len(words); i += 2 {
			var n int
			fmt.Sscan(words[i+1], &n)
			if words[i] == "le" {
				most = n
			} else if least = n; most == of.Bits() {
				most = 32
			}
		}
		return of.Bits() <= p.Bits() && of.Contains(p.Addr()) && least <= p.Bits() && p.Bits() <= most
	})
}

// TestAcceptsLearnedIsBounded judges large maps: what costs too much counts as
// one that can.
func TestAcceptsLearnedIsBounded(t *testing.T) {
	list := List{Command: "ipv6 prefix-list", Name: "L"}
	for i := range 30_000 {
		a := [16]byte{0x20, byte(i >> 8), byte(i)}
		list.Entries = append(list.Entries, ListEntry{Value: netip.PrefixFrom(netip.AddrFrom16(a), 24+i%100).Masked().String() + " le 128"})
	}
	m := Map{Name: "m", Lists: []List{list}, Entries: []Entry{{"deny", 10, []string{"match ipv6 address prefix-list L"}}, {"permit", 20, nil}}}
	for i := range 1000 {
		m.Entries = slices.Insert(m.Entries, 1, Entry{"deny", 11, []string{fmt.Sprint("match community C", i%50), fmt.Sprint("match community C", i%49)}})
	}
	p, _ := Read(nil, nil)
	if !p.AcceptsLearned(m, 7473) {
		t.Error("what is not judged to its end counts as what announces nothing")
	}
	if p.work.judgements < -1_000_000 {
		t.Errorf("%d more judgements than can be afforded", -p.work.judgements)
	}
}
