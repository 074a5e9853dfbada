package plan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const leavingBefore = `frr defaults traditional
ip prefix-list K8FRR-P-a seq 5 permit 10.0.0.0/8
route-map K8FRR-in-1 permit 10
 match ip address prefix-list K8FRR-P-a
exit
route-map K8FRR-IMPORT-CONNECTED permit 10
 match interface kube-lb0
exit
router bgp 65000
 neighbor racks peer-group
 neighbor racks remote-as 65003
 neighbor 10.0.0.3 peer-group racks
 neighbor 10.0.0.1 remote-as 65001
 neighbor 10.0.0.2 remote-as 65002
 bgp listen range 10.3.0.0/16 peer-group racks
 address-family ipv4 unicast
  redistribute connected route-map K8FRR-IMPORT-CONNECTED
  neighbor racks activate
  neighbor 10.0.0.1 activate
  neighbor 10.0.0.1 route-map K8FRR-in-1 in
  neighbor 10.0.0.1 route-map K8FRR-ORIGINATED out
  neighbor 10.0.0.2 activate
 exit-address-family
exit
router bgp 65000 vrf blue
 neighbor 10.9.0.1 remote-as 65001
exit
`

// A configuration without some of its parts has all the rest, and these parts as they were.
func TestWithoutParts(t *testing.T) {
	edited := func(pairs ...string) string {
		text := leavingBefore
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("there is no %q", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
	const (
		first   = " neighbor 10.0.0.1 remote-as 65001\n"
		second  = " neighbor 10.0.0.2 remote-as 65002\n"
		another = " neighbor 10.0.0.9 remote-as 65009\n"
		multi   = " neighbor 10.0.0.2 ebgp-multihop 2\n"
		entry   = "seq 5 permit 10.0.0.0/8"
		active  = "  neighbor 10.0.0.2 activate\n"
		used    = "  neighbor 10.0.0.9 activate\n  neighbor 10.0.0.9 route-map K8FRR-in-1 in\n"
	)
	peer := func(name string) Part { return Part{Kind: PeerPart, Name: name} }
	for _, c := range []struct {
		name         string
		wanted, want string // "" if the whole configuration is refused
		left         string
		parts        []Part
	}{
		{"a new neighbor", edited(second, second+another+multi, active, active+"  neighbor 10.0.0.9 activate\n"),
			edited(second, second+multi), "neighbor 10.0.0.9: Nothing", []Part{peer("10.0.0.9")}},
		{"a change of a neighbor", edited(first, first+" neighbor 10.0.0.1 local-as 65000\n", second, second+multi),
			edited(second, second+multi), "neighbor 10.0.0.1: Previous", []Part{peer("10.0.0.1")}},
		{"a group takes its members and ranges along", edited("racks remote-as 65003", "racks remote-as 65004", "10.3.0.0/16", "10.4.0.0/16", second, second+multi),
			edited(second, second+multi), "neighbor 10.0.0.3: Previous, neighbor racks: Previous, range 10.3.0.0/16: Previous, range 10.4.0.0/16: Nothing", []Part{peer("racks")}},
		{"a member whose group has changed takes the group along", edited("racks remote-as 65003\n", "racks remote-as 65003\n neighbor racks passive\n neighbor 10.0.0.3 local-as 65000\n"),
			leavingBefore, "neighbor 10.0.0.3: Previous, neighbor racks: Previous, range 10.3.0.0/16: Previous", []Part{peer("10.0.0.3")}},
		{"a range", edited(" bgp listen range 10.3.0.0/16 peer-group racks\n", " bgp listen range 10.3.0.0/16 peer-group racks\n bgp listen range 10.3.1.0/24 peer-group racks\n"),
			leavingBefore, "range 10.3.1.0/24: Nothing", []Part{{Kind: RangePart, Name: "10.3.1.0/24"}}},
		{"a range in the place of another", edited("10.3.0.0/16", "10.3.1.0/24"),
			leavingBefore, "range 10.3.0.0/16: Previous, range 10.3.1.0/24: Nothing", []Part{{Kind: RangePart, Name: "10.3.1.0/24"}}},
		{"a neighbor in the place of another", edited("neighbor 10.0.0.2 remote-as", "neighbor 10.0.0.8 remote-as", active, ""),
			leavingBefore, "neighbor 10.0.0.2: Previous, neighbor 10.0.0.8: Nothing", []Part{peer("10.0.0.8")}},
		{"a neighbor, and another one is removed", edited(second, another, active, ""),
			edited(second, "", active, ""), "neighbor 10.0.0.9: Nothing", []Part{peer("10.0.0.9")}},
		{"a list that a neighbor has and a new one", edited(entry, entry+" ge 4", second, second+multi+another, active, active+used),
			edited(second, second+multi+another, active, active+"  neighbor 10.0.0.9 activate\n  neighbor 10.0.0.9 route-map K8FRR-REJECTED in\n",
				"router bgp 65000\n", "route-map K8FRR-REJECTED deny 10\nexit\nrouter bgp 65000\n"),
			"ip prefix-list K8FRR-P-a: Previous, neighbor 10.0.0.9: RejectAll, route-map K8FRR-in-1: Previous", []Part{{Kind: ListPart, Name: "ip prefix-list K8FRR-P-a"}}},
		{"another policy", edited("route-map K8FRR-in-1 permit 10\n match ip address prefix-list K8FRR-P-a\n", "route-map K8FRR-in-2 permit 10\n set metric 1\n",
			"ip prefix-list K8FRR-P-a seq 5 permit 10.0.0.0/8\n", "", "route-map K8FRR-in-1 in", "route-map K8FRR-in-2 in", second, second+multi),
			edited(second, second+multi), "neighbor 10.0.0.1: Previous, route-map K8FRR-in-2: Nothing", []Part{{Kind: RouteMapPart, Name: "K8FRR-in-2"}}},
		{"another policy, and other interfaces", edited("route-map K8FRR-in-1", "route-map K8FRR-in-2", "route-map K8FRR-in-1 in", "route-map K8FRR-in-2 in", "match interface kube-lb0", "match interface eth1"),
			"", "", []Part{{Kind: RouteMapPart, Name: "K8FRR-in-2"}}},
		{"a VRF", edited("neighbor 10.9.0.1 remote-as 65001\n", "neighbor 10.9.0.1 remote-as 65001\n bgp cluster-id 1.1.1.1\n", second, second+multi),
			edited(second, second+multi), "VRF blue: Previous", []Part{{Kind: InstancePart, VRF: "blue"}}},
		{"lines of the operator", edited("frr defaults traditional\n", "frr defaults traditional\nip prefix-list OOPS seq 5 permit 10.0.0.0/8 ge 4\n", second, second+multi+" bgp nonsense\n"),
			edited(second, second+multi), "router bgp / bgp nonsense: Nothing, ip prefix-list OOPS: Nothing",
			[]Part{{Kind: ListPart, Name: "ip prefix-list OOPS"}, {Kind: LinePart, Name: instanceLine + "bgp nonsense"}}},
	} {
		got, left, ok := Without(c.wanted, leavingBefore, c.parts)
		var texts []string
		for _, l := range left {
			texts = append(texts, l.String())
		}
		if all := strings.Join(texts, ", "); ok != (c.want != "") || ok && !sameLeft(all, c.left) {
			t.Errorf("%s: left out is %q (%t), not %q", c.name, all, ok, c.left)
		}
		if d := Differences(got, c.want); ok && len(d) > 0 {
			t.Errorf("%s: %s\n%s", c.name, Summary(d), got)
		}
	}
}

func sameLeft(a, b string) bool {
	x, y := strings.Split(a, ", "), strings.Split(b, ", ")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// Whatever neighbors, groups and ranges are left out of whatever configuration: those that both have are as they were, and the
// others are not there. Without any it is the configuration.
func TestWithoutPeers(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to string) {
		whole, _, ok := Without(to, from, nil)
		if d := Differences(whole, to); !ok || len(d) > 0 {
			t.Fatalf("without nothing it is another configuration: %s", Summary(d))
		}
		r := rand.New(rand.NewPCG(uint64(len(from)), uint64(len(to))))
		var parts []Part
		for _, i := range only(parse(to), instances) {
			for _, name := range sorted(peersOf(i)) {
				if r.IntN(3) == 0 {
					parts = append(parts, Part{Kind: PeerPart, VRF: vrfOf(i.line), Name: name})
				}
			}
		}
		text, left, ok := Without(to, from, parts)
		if !ok {
			return // it would let out more than before
		}
		without := parse(text)
		for _, l := range left {
			if l.Kind != PeerPart {
				continue
			}
			is := printed(about(instanceOf(without, l.VRF), l.Name))
			if was := printed(about(instanceOf(parse(from), l.VRF), l.Name)); is != was {
				t.Errorf("%s is\n%s\nand was\n%s", l, is, was)
			}
		}
		if again, _, ok := Without(to, text, parts); ok && len(Differences(again, text)) > 0 {
			t.Errorf("left out again it is another configuration: %s", Summary(Differences(again, text)))
		}
	})
}

func TestPartsOf(t *testing.T) {
	in := func(line string, context ...string) Command { return Command{context, line} }
	for want, c := range map[string]Command{
		"neighbor 10.0.0.1":                                 in("neighbor 10.0.0.1 remote-as 1", "router bgp 65000"),
		"neighbor 10.0.0.1 in VRF blue":                     in("no neighbor 10.0.0.1 activate", "router bgp 65000 vrf blue", "address-family ipv4 unicast"),
		"range 10.0.0.0/8":                                  in("bgp listen range 10.0.0.0/8 peer-group X", "router bgp 65000"),
		"VRF blue":                                          in("router bgp 65000 vrf blue"),
		"route-map K8FRR-x-1":                               in("match tag 1", "route-map K8FRR-x-1 permit 10"),
		"route-map MINE":                                    in("route-map MINE permit 10"),
		"ip prefix-list K8FRR-P-a":                          in("ip prefix-list K8FRR-P-a seq 5 permit 10.0.0.0/8 ge 4"),
		"profile K8FRR-BFD-1-1-1":                           in("detect-multiplier 0", "bfd", "profile K8FRR-BFD-1-1-1"),
		"access-list MINE seq 5 permit":                     in("access-list MINE seq 5 permit"),
		"router bgp / bgp nonsense":                         in("bgp nonsense", "router bgp 65000"),
		"router bgp / bgp bestpath as-path multipath-relax": in("bgp bestpath as-path multipath-relax", "router bgp 65000"),
		"router bgp / bgp graceful-restart restart-time":    in("bgp graceful-restart restart-time 7", "router bgp 65000"),
		"router bgp / address-family ipv4 unicast / maximum-paths in VRF blue": in("maximum-paths 1", "router bgp 65000 vrf blue", "address-family ipv4 unicast"),
		"VRF red":                       in("bgp router-id 10.0.0.1", "router bgp 65000 vrf red"),
		"none bgp cluster-id":           in("bgp cluster-id 10.0.0.1", "router bgp 65000"),
		"none bgp confederation":        in("bgp confederation identifier 1", "router bgp 65000"),
		"none bgp router-id":            in("bgp router-id 10.0.0.1", "router bgp 65000"),
		"none bgp default":              in("no bgp default ipv4-unicast", "router bgp 65000"),
		"none bgp ebgp-requires-policy": in("no bgp ebgp-requires-policy", "router bgp 65000"),
		"none bgp listen limit":         in("bgp listen limit 7", "router bgp 65000"),
		"":                              in("redistribute connected route-map K8FRR-IMPORT-CONNECTED", "router bgp 65000", "address-family ipv4 unicast"),
		"none ":                         in("match interface kube-lb0", "route-map K8FRR-IMPORT-CONNECTED permit 10"),
		"none":                          in("router bgp 65000"),
		" none":                         in("ip route 10.0.0.0/8 kube-lb0 tag 7473 17"),
	} {
		parts, ok := PartsOf([]Command{c}, func(c Command) bool { return !strings.Contains(c.Line, "nonsense") })
		none := want == "" || strings.HasPrefix(strings.TrimSpace(want), "none")
		if none == ok || ok && (len(parts) != 1 || parts[0].String() != want) {
			t.Errorf("%v is of %v (%t), not of %q", c, parts, ok, want)
		}
	}
}
