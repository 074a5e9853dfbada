package plan

import (
	"strings"
	"testing"
)

// What goes ahead ends no session, and the plan from there leads to what is wanted.
func TestAhead(t *testing.T) {
	found := 0
	eachPair(t, func(t *testing.T, from, to string) {
		ahead := Ahead(from, to, from)
		m := &model{parse(from)}
		m.run(t, ahead.Script())
		if !ahead.Empty() {
			found++
		}
		for _, e := range ahead.Effects() {
			if e.Kind == Reset || e.Kind == Removed || e.Kind == Limited {
				t.Errorf("ahead: %v\n%s", e, ahead)
			}
		}
		m.run(t, Between(shuffled(nil, m.root, 0), to).Script())
		expect(t, "wanted", (&model{parse(to)}).lines(), "after both", m.lines())
	})
	if found == 0 {
		t.Error("nothing ever goes ahead")
	}
}

const withSession = `router bgp 65000
 no bgp default ipv4-unicast
 neighbor 192.0.2.1 remote-as 65001
 address-family ipv4 unicast
  neighbor 192.0.2.1 activate
 exit-address-family
exit
`

// The new neighbor is tried before the session of another one is reset, and does not begin before that.
func TestAheadOfAReset(t *testing.T) {
	wanted := strings.Replace(withSession, " address-family", " neighbor 192.0.2.1 ebgp-multihop 2\n neighbor 192.0.2.11 remote-as 65001\n address-family", 1)
	wanted = strings.Replace(wanted, "  neighbor 192.0.2.1 activate\n", "  neighbor 192.0.2.1 activate\n  neighbor 192.0.2.11 activate\n", 1)
	const want = "router bgp 65000 / neighbor 192.0.2.11 remote-as 65001  (adds 192.0.2.11)\n" +
		"router bgp 65000 / neighbor 192.0.2.11 shutdown\n" +
		"router bgp 65000 / address-family ipv4 unicast / neighbor 192.0.2.11 activate\n"
	if got := Ahead(withSession, wanted, withSession).String(); got != want {
		t.Errorf("ahead goes\n%s\nand not\n%s", got, want)
	}
	if got := Ahead(withSession, strings.Replace(wanted, " neighbor 192.0.2.1 ebgp-multihop 2\n", "", 1), withSession); !got.Empty() {
		t.Errorf("no session ends, and yet this goes ahead:\n%s", got)
	}
	refused := Command{[]string{"router bgp 65000"}, "neighbor 192.0.2.1 ebgp-multihop 2"}
	if got := Probe(withSession, wanted, withSession, []Command{refused}).String(); got != "router bgp 65000 / neighbor 192.0.2.1 ebgp-multihop 2  (resets 192.0.2.1)\n" {
		t.Errorf("tried again is\n%s", got)
	}
	refused.Line = "neighbor 192.0.2.11 remote-as 65001"
	if got := Probe(withSession, wanted, withSession, []Command{refused}).String(); got != want {
		t.Errorf("tried again is\n%s\nand not\n%s", got, want)
	}
}

// Of a neighbor whose session ends the lines that do not end it go ahead, unless it becomes another peer.
func TestAheadOfItsOwnReset(t *testing.T) {
	for also, want := range map[string]string{
		"ebgp-multihop 2": "router bgp 65000 / neighbor 192.0.2.1 timers 100 30\n",
		"local-as 65009":  "",
	} {
		wanted := strings.Replace(withSession, " address-family", " neighbor 192.0.2.1 "+also+"\n neighbor 192.0.2.1 timers 100 30\n address-family", 1)
		if got := Ahead(withSession, wanted, withSession).String(); got != want {
			t.Errorf("with %s ahead goes\n%s\nand not\n%s", also, got, want)
		}
	}
}

// A new neighbor that an attempt has left, and of which only a line of an address family is missing, is shut down in the
// instance and not in the family, which the command would leave.
func TestAheadWithinAFamily(t *testing.T) {
	const added = " neighbor 192.0.2.7 remote-as 65009\n address-family"
	left := strings.Replace(withSession, " address-family", added, 1)
	wanted := strings.Replace(left, " neighbor 192.0.2.1 remote", " neighbor 192.0.2.1 ebgp-multihop 2\n neighbor 192.0.2.1 remote", 1)
	wanted = strings.Replace(wanted, " exit-address-family", "  neighbor 192.0.2.7 activate\n exit-address-family", 1)
	const want = "router bgp 65000 / neighbor 192.0.2.7 shutdown\n" +
		"router bgp 65000 / address-family ipv4 unicast / neighbor 192.0.2.7 activate  (adds 192.0.2.7)\n"
	if got := Ahead(left, wanted, withSession).String(); got != want {
		t.Errorf("ahead goes\n%s\nand not\n%s", got, want)
	}
}

// What an attempt left of a neighbor that FRR takes otherwise than it is told hides nothing: the neighbor is tried ahead
// again, and so is what comes with an instance or a range that was left.
func TestAheadOfWhatWasLeft(t *testing.T) {
	group := " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n"
	left := strings.Replace(withSession, " neighbor 192.0.2.1 remote", group+" neighbor 192.0.2.7 peer-group OURS\n neighbor 192.0.2.1 remote", 1)
	wanted := strings.Replace(withSession, " address-family", " neighbor 192.0.2.1 ebgp-multihop 2\n"+group+
		" neighbor 192.0.2.7 remote-as 65000\n neighbor 192.0.2.7 peer-group OURS\n address-family", 1)
	const want = "router bgp 65000 / no neighbor 192.0.2.7\n" +
		"router bgp 65000 / neighbor 192.0.2.7 remote-as 65000\n" +
		"router bgp 65000 / neighbor 192.0.2.7 shutdown\n" +
		"router bgp 65000 / neighbor 192.0.2.7 peer-group OURS\n"
	if got := Ahead(left, wanted, withSession).String(); got != want {
		t.Errorf("ahead goes\n%s\nand not\n%s", got, want)
	}
	if got := Ahead(left, wanted, left).String(); strings.Contains(got, "192.0.2.7") {
		t.Errorf("ahead goes what ends a session that ran before:\n%s", got)
	}
	left = strings.Replace(withSession, " address-family", group+" bgp listen range 192.0.3.0/24 peer-group OURS\n address-family", 1)
	wanted = strings.Replace(withSession, " address-family", " neighbor 192.0.2.1 ebgp-multihop 2\n neighbor 192.0.2.9 remote-as 65009\n address-family", 1)
	if got := Ahead(left, wanted, withSession).String(); !strings.Contains(got, "neighbor 192.0.2.9 remote-as 65009") {
		t.Errorf("behind a range that was left nothing goes ahead but\n%s", got)
	}
}

// What k8frr does not own stays in frr.conf, but for what would take the place of a line of k8frr's.
func TestKept(t *testing.T) {
	const file = `frr defaults datacenter
hostname old
log syslog
ip protocol bgp route-map THEIRS
bgp route-map delay-timer 9
ip route 10.77.0.0/24 Null0
ip route 10.9.9.9/32 kube-lb0 tag 7473
route-map THEIRS permit 10
 match tag 5
exit
route-map K8FRR-IMPORT permit 10
exit
vrf blue
 ip route 10.78.0.0/24 Null0
 ip route 10.9.9.8/32 kube-lb0 tag 7473
exit-vrf
vrf red
exit-vrf
router bgp 64999
 neighbor 10.1.0.1 remote-as 65001
exit
router ospf
 network 10.0.0.0/8 area 0
exit
access-list MINE seq 5 permit 10.0.0.0/8
`
	const want = `hostname old
log syslog
ip route 10.77.0.0/24 Null0
route-map THEIRS permit 10
 match tag 5
exit
vrf blue
 ip route 10.78.0.0/24 Null0
exit
router ospf
 network 10.0.0.0/8 area 0
exit
`
	if got := Kept(file, "access-list MINE seq 5 permit 10.0.0.0/8\n"); got != want {
		t.Errorf("kept is\n%s\nand not\n%s", got, want)
	}
	if got := Kept(want); got != want {
		t.Errorf("what was kept is kept as\n%s", got)
	}
	if !IsOurs(file) || IsOurs(want) || IsOurs(withSession) {
		t.Error("what is k8frr's is not told from what is not")
	}
}
