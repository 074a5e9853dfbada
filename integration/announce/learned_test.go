//go:build linux

package announce

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// source is the neighbor of which FRR learns routes of both families; the others exist for their export policies only.
const source = `
global: {asn: 65000, routerID: 10.1.0.2}
neighbors:
- config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
  timers: {connectRetry: 1}
  afiSafis: [{family: ipv4-unicast}, {family: ipv6-unicast}]
`

// TestCanAnnounceLearned has FRR say what each of many export policies lets out of what it has learned, which is every prefix
// of a few bits, and long ones: the note "can announce learned routes" is there if and only if that is anything.
func TestCanAnnounceLearned(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		dialect, err := render.DialectOf(version.Name)
		if err != nil {
			t.Fatal(err)
		}
		c := &v1.BGPConfiguration{}
		if err := yaml.Unmarshal([]byte(source), &c.Spec); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(*seed, 5))
		for k := range 60 {
			addExport(&c.Spec, r, k)
		}
		resolved, notes, err := render.Resolve(render.Input{Objects: render.Objects{Configuration: c, Node: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-a"}}}, Dialect: dialect})
		if err != nil {
			t.Fatal(err)
		}
		renderer, err := render.NewRenderer(nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := renderer.Text(resolved)
		if err != nil {
			t.Fatal(err)
		}
		n := newNode(t, version)
		learned := everyShort()
		var routes []listener.Route
		for _, p := range learned {
			routes = append(routes, listener.Route{Prefix: p, NextHop: map[bool]netip.Addr{true: netip.MustParseAddr("10.1.0.1"), false: netip.MustParseAddr("fd00:1::1")}[p.Addr().Is4()]})
		}
		if err := n.heard.Announce(routes...); err != nil {
			t.Fatal(err)
		}
		if err := n.FRR.WriteFile("frr.conf", text.Reveal()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := n.Deadline()
		defer cancel()
		if err := n.FRR.Boot(ctx); err != nil {
			t.Fatal(err)
		}
		passing := func(family, routeMap string) int {
			var table struct{ Routes map[string]json.RawMessage }
			answer := n.Vtysh("show bgp " + family + " route-map " + routeMap + " json")
			if json.Unmarshal([]byte(answer), &table) != nil {
				return -1 // bgpd has no such route map yet
			}
			return len(table.Routes)
		}
		everything := n.Vtysh("configure terminal", "route-map EVERYTHING permit 10", "end")
		n.Until("all is learned", func() bool {
			return passing("ipv4 unicast", "EVERYTHING")+passing("ipv6 unicast", "EVERYTHING") == len(learned)
		}, func() any {
			return everything + fmt.Sprint(passing("ipv4 unicast", "EVERYTHING"), passing("ipv6 unicast", "EVERYTHING"), len(learned))
		})
		said, judged := 0, 0
		for _, neighbor := range resolved.Instances()[0].Neighbors {
			if neighbor.ID == "10.1.0.1" {
				continue
			}
			lets := 0
			for _, f := range neighbor.Families {
				family := map[v1.Family]string{v1.IPv4Unicast: "ipv4 unicast", v1.IPv6Unicast: "ipv6 unicast"}[f.Family]
				lets += passing(family, f.Export)
			}
			noted := slices.ContainsFunc(notes, func(note render.Note) bool {
				return note.Reason == "AnnouncesLearned" && strings.HasPrefix(note.Path, neighbor.Path+".")
			})
			if judged++; noted {
				said++
			}
			if noted != (lets > 0) {
				t.Errorf("%s: FRR lets %d learned routes out, and the note is there: %v", neighbor.Path, lets, noted)
			}
		}
		if judged < 50 || said < judged/10 || said > judged*9/10 {
			t.Errorf("%d of %d policies can announce learned routes: they show little", said, judged)
		}
	})
}

// everyShort are all prefixes of up to five bits of both families, and for each of the longest a few that lie in it, up to host
// addresses.
func everyShort() (all []netip.Prefix) {
	for _, size := range []int{4, 16} {
		for bits := range 6 {
			for i := range 1 << bits {
				bytes := make([]byte, size)
				bytes[0] = byte(i << (8 - bits))
				a, _ := netip.AddrFromSlice(bytes)
				all = append(all, netip.PrefixFrom(a, bits))
				if bits == 5 {
					for _, longer := range []int{6, 8, size*8 - 1, size * 8} {
						bytes[0], bytes[size-1] = byte(i<<3)|4*byte(longer%2), 2
						a, _ := netip.AddrFromSlice(bytes)
						all = append(all, netip.PrefixFrom(a, longer).Masked())
					}
				}
			}
		}
	}
	all = slices.DeleteFunc(all, func(p netip.Prefix) bool { return p.Addr().Is4() && p.Addr().IsMulticast() }) // bgpd refuses these
	slices.SortFunc(all, netip.Prefix.Compare)
	return slices.Compact(all)
}

// addExport adds a neighbor with an export policy of random sets of prefixes, of both families, and statements about them.
func addExport(spec *v1.BGPConfigurationSpec, r *rand.Rand, k int) {
	var names []string
	for s := range 1 + r.IntN(2) {
		set := v1.DefinedSet{Type: "prefix", Name: fmt.Sprintf("set-%d-%d", k, s)}
		for range 1 + r.IntN(4) {
			text := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.IntN(7) << 5)}), r.IntN(4)).Masked().String()
			longest := 32
			if r.IntN(2) == 0 {
				a := [16]byte{byte(r.IntN(8) << 5)}
				text, longest = netip.PrefixFrom(netip.AddrFrom16(a), r.IntN(4)).Masked().String(), 128
			}
			p := v1.Prefix{IPPrefix: text}
			least := netip.MustParsePrefix(text).Bits() + r.IntN(3)
			switch r.IntN(5) {
			case 0: // the prefix alone
			case 1:
				p.MaskLengthMin = uint32(least)
			case 2:
				p.MaskLengthMin, p.MaskLengthMax = uint32(least), uint32(least+r.IntN(2))
			default:
				p.MaskLengthMax = uint32(longest)
			}
			set.Prefixes = append(set.Prefixes, p)
		}
		spec.DefinedSets = append(spec.DefinedSets, set)
		names = append(names, set.Name)
	}
	policy := v1.PolicyDefinition{Name: fmt.Sprint("policy-", k)}
	for range 1 + r.IntN(3) {
		st := v1.Statement{Conditions: v1.Conditions{PrefixSet: &v1.MatchSet{Name: names[r.IntN(len(names))], Match: []string{"any", "invert"}[r.IntN(2)]}},
			Actions: v1.Actions{RouteAction: []v1.RouteAction{v1.Accept, v1.Reject, v1.Accept}[r.IntN(3)]}}
		if r.IntN(6) == 0 {
			st.Conditions.AfiSafiIn = []v1.Family{v1.IPv6Unicast}
		}
		policy.Statements = append(policy.Statements, st)
	}
	spec.PolicyDefinitions = append(spec.PolicyDefinitions, policy)
	families := [][]v1.AfiSafi{nil, {{Family: v1.IPv4Unicast}, {Family: v1.IPv6Unicast}}}[r.IntN(2)]
	address := []string{fmt.Sprintf("10.1.0.%d", 10+k), fmt.Sprintf("fd00:1::%d", 10+k)}[r.IntN(2)]
	neighbor := v1.Neighbor{AfiSafis: families, ApplyPolicy: &v1.ApplyPolicy{ExportPolicy: &v1.PolicyAssignment{
		Policies: []string{policy.Name}, DefaultAction: []v1.RouteAction{"", v1.Reject, v1.Accept}[min(2, r.IntN(6))]}}}
	neighbor.Config.NeighborAddress, neighbor.Config.PeerASN = address, 65002
	spec.Neighbors = append(spec.Neighbors, neighbor)
}
