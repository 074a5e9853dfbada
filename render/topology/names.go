package topology

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// selectorKeys are the labels that selectors ask for, sorted.
func (b *builder) selectorKeys() []string {
	keys := map[string]bool{}
	add := func(s *v1.LabelSelector) {
		if s == nil {
			return
		}
		for key := range s.MatchLabels {
			keys[key] = true
		}
		for _, e := range s.MatchExpressions {
			keys[e.Key] = true
		}
	}
	for i := range b.spec.Neighbors {
		add(b.spec.Neighbors[i].NodeSelector)
	}
	for i := range b.spec.PeerGroups {
		add(b.spec.PeerGroups[i].NodeSelector)
	}
	return slices.Sorted(maps.Keys(keys))
}

// labelsOf are the values that nodes have of labels.
func labelsOf(nodes []*corev1.Node, keys []string) []Label {
	var out []Label
	for _, key := range keys {
		values := map[string]bool{}
		for _, n := range nodes {
			value, has := n.Labels[key]
			if !has {
				value = Absent
			}
			values[value] = true
		}
		out = append(out, Label{key, slices.SortedFunc(maps.Keys(values), natural)})
	}
	return out
}

// distinguish takes away the labels that tell nothing: those that all groups
// have alike, and those that no node of a group has, if another label tells.
// The others are in order of how many groups have them, as a rack comes before
// what is special about some of its nodes.
func distinguish(groups []*Group) {
	differs, having := map[string]bool{}, map[string]int{}
	for _, g := range groups {
		for i, l := range g.Labels {
			if !slices.Equal(l.Values, groups[0].Labels[i].Values) {
				differs[l.Key] = true
			}
			if !l.absent() {
				having[l.Key]++
			}
		}
	}
	for _, g := range groups {
		g.Labels = slices.DeleteFunc(g.Labels, func(l Label) bool { return !differs[l.Key] })
		if slices.ContainsFunc(g.Labels, func(l Label) bool { return !l.absent() }) {
			g.Labels = slices.DeleteFunc(g.Labels, Label.absent)
		}
		slices.SortStableFunc(g.Labels, func(a, b Label) int { return cmp.Compare(having[b.Key], having[a.Key]) })
	}
}

func (l Label) absent() bool { return len(l.Values) == 1 && l.Values[0] == Absent }

func (l Label) compare(other Label) int {
	return cmp.Or(strings.Compare(l.Key, other.Key), slices.CompareFunc(l.Values, other.Values, natural))
}

// word is a label as a person would name the nodes: rack-1, or edge=true.
func (l Label) word() string {
	short := l.Key[strings.LastIndexByte(l.Key, '/')+1:]
	if l.absent() {
		return "without " + short
	}
	values := fewOf(l.Values)
	switch {
	case len(l.Values) > 1:
		return values
	case values == "":
		return short
	case len(values) < 3 || values == "true" || values == "false" || values == "yes":
		return short + "=" + values
	}
	return values
}

// String is the label in full.
func (l Label) String() string { return l.with(l.Key) }

// brief is the label without the prefix of its key.
func (l Label) brief() string { return l.with(l.Key[strings.LastIndexByte(l.Key, '/')+1:]) }

func (l Label) with(key string) string {
	values := fewOf(l.Values)
	switch {
	case l.absent():
		return "without " + key
	case values == "":
		return key
	}
	return key + "=" + values
}

// title is what a group is called.
func (g *Group) title() string {
	var words []string
	for _, l := range g.Labels {
		words = append(words, l.word())
	}
	switch {
	case g.Mixed:
		return fmt.Sprintf("%s more groups", number(g.Alike))
	case g.Alike > 1:
		return fmt.Sprintf("%s groups alike", number(g.Alike))
	case len(words) == 0 && len(g.Nodes) == 1:
		return g.Nodes[0]
	case len(words) == 0:
		return number(len(g.Nodes)) + " nodes"
	}
	return strings.Join(words, " · ")
}

// size says how many nodes a group is.
func (g *Group) size() string { return counted(len(g.Nodes), "node") }

// fewOf lists names: all if they are few, else the first and the last.
func fewOf(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return names[0] + " … " + names[len(names)-1]
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

// number is a number with commas: 5,000.
func number(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// natural compares texts with the numbers in them as numbers: rack-2 comes
// before rack-10.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		m, n := digitsOf(x), digitsOf(y)
		if m == 0 || n == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
		if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
			return c
		}
		x, y = x[m:], y[n:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

func digitsOf(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

func (p Peer) compare(other Peer) int {
	return cmp.Or(
		natural(p.VRF, other.VRF),
		cmp.Compare(p.Kind, other.Kind),
		compareWhere(p.Where, other.Where),
		cmp.Compare(p.ASN, other.ASN),
		natural(p.PeerGroup, other.PeerGroup),
		natural(p.Description, other.Description),
		cmp.Compare(p.Relation, other.Relation),
	)
}

func compareWhere(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX == nil && errY == nil {
		return x.Compare(y)
	}
	return natural(a, b)
}

func (s Session) compare(other Session) int {
	return cmp.Or(
		strings.Compare(s.Refused, other.Refused),
		strings.Compare(fmt.Sprintf("%#v", s), fmt.Sprintf("%#v", other)),
	)
}
