package plan

import (
	"fmt"
	"strings"
	"testing"
)

func TestEveryPlanCanBeTakenBack(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to string) {
		if list := Between(from, to).Irreversible(); len(list) > 0 {
			t.Errorf("not taken back: %v", list)
		}
	})
}

func TestIrreversible(t *testing.T) {
	p := &Plan{Steps: []Step{
		{Command: Command{Line: "router bgp 1"}, Opens: true, Undo: []Step{{Command: Command{Line: "no router bgp 1"}}}},
		{Command: Command{Line: "something for good"}},
	}}
	list := p.Irreversible()
	if len(list) != 1 || list[0].Line != "something for good" {
		t.Errorf("not taken back: %v", list)
	}
}

// What is mirrored is told from what a configuration changes of the import.
func TestMirror(t *testing.T) {
	const running = `ip prefix-list K8FRR-LISTED seq 5 permit 10.9.9.3/32
ip prefix-list K8FRR-LISTED seq 9 deny any
ip route 10.9.9.1/32 kube-lb0 tag 7473 17
ip route 10.9.9.3/32 kube-lb0 tag 7473 17
ip route 10.9.9.4/32 kube-lb1 tag 7473 17
vrf blue
 ip route 10.9.9.5/32 kube-lb2 tag 7473 17
exit-vrf
`
	// kube-lb0 has 2 instead of 3, and both say so; kube-lb1 is not imported any more.
	const good = `ip prefix-list K8FRR-LISTED seq 7 permit 10.9.9.2/32
ip prefix-list K8FRR-LISTED seq 9 deny any
ip route 10.9.9.1/32 kube-lb0 tag 7473 17
ip route 10.9.9.2/32 kube-lb0 tag 7473 17
ip route 10.9.9.4/32 kube-lb1 tag 7473 17
vrf blue
 ip route 10.9.9.6/32 kube-lb2 tag 7473 17
exit-vrf
`
	wanted := strings.Replace(good, "ip route 10.9.9.4/32 kube-lb1 tag 7473 17\n", "", 1) + "router bgp 65000\nexit\n"
	mirror, rest := Between(running, wanted).Mirror(good)
	for _, line := range []string{
		"ip prefix-list K8FRR-LISTED seq 7 permit 10.9.9.2/32", "no ip prefix-list K8FRR-LISTED seq 5",
		"ip route 10.9.9.2/32 kube-lb0 tag 7473 17", "no ip route 10.9.9.3/32 kube-lb0 tag 7473 17",
		"vrf blue / ip route 10.9.9.6/32 kube-lb2 tag 7473 17", "vrf blue / no ip route 10.9.9.5/32 kube-lb2 tag 7473 17",
	} {
		if !strings.Contains(mirror.String(), line) {
			t.Errorf("%q is not mirrored but\n%s", line, mirror)
		}
	}
	if len(mirror.Steps) != 6 || len(rest.Steps) != 2 || !strings.Contains(rest.String(), "no ip route 10.9.9.4/32 kube-lb1") || !strings.Contains(rest.String(), "router bgp 65000") {
		t.Errorf("mirrored\n%s\nand the rest is\n%s", mirror, rest)
	}
	gone, come := mirror.Routes()
	if len(gone.Steps) != 2 || len(come.Steps) != 4 {
		t.Errorf("gone are\n%s\nand come\n%s", gone, come)
	}
}

func TestWithout(t *testing.T) {
	p := Between("router bgp 65000\n neighbor 10.0.0.1 remote-as 1\n neighbor 10.0.0.1 description by hand\nexit\n",
		"router bgp 65000\n neighbor 10.0.0.1 remote-as 1\nexit\nip route 10.9.9.1/32 kube-lb0 tag 7473 17\n")
	list := p.Differences()
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	for i, d := range list {
		if rest := p.Without(list[i : i+1]); len(rest.Steps) != 1 || rest.Differences()[0].Equal(d) {
			t.Errorf("without %v:\n%s", d, rest)
		}
		if missing := strings.Contains(d.Line, "ip route"); missing != d.Missing {
			t.Errorf("%v", d)
		}
		if !d.Missing && d.Line != "neighbor 10.0.0.1 description by hand" {
			t.Errorf("%q is not the whole line", d.Line)
		}
	}
	if !p.Without(list).Empty() {
		t.Error("something is left")
	}
}

func TestOperators(t *testing.T) {
	p := Between("access-list A seq 5 permit any\n", "access-list A seq 5 deny any\nrouter bgp 65000\n bgp router-id 1.2.3.4\nexit\n")
	if theirs := p.Operators(); len(theirs.Steps) != 1 || !strings.Contains(theirs.String(), "access-list A seq 5 deny any") {
		t.Errorf("the operator's are\n%s", theirs)
	}
}

// Many routes are entered some at a time, and in the order of the plan.
func TestPortions(t *testing.T) {
	const bgp = "router bgp 65000\nexit\n"
	var many strings.Builder
	for i := range 25 {
		fmt.Fprintf(&many, "ip route 10.9.9.%d/32 kube-lb0 tag 7473 17\n", i+1)
	}
	wanted := many.String() + "vrf blue\n ip route 10.9.8.1/32 kube-lb2 tag 7473 17\nexit-vrf\n" + bgp
	p := Between("", wanted)
	if list := p.Portions(26); len(list) != 1 || list[0] != p {
		t.Errorf("%d portions of what may be one", len(list))
	}
	var steps []Step
	for _, portion := range p.Portions(10) {
		routes := 0
		for _, s := range portion.Steps {
			if strings.HasPrefix(s.Line, "ip route ") {
				routes++
			}
		}
		if routes > 10 || routes > 0 && routes < len(portion.Steps) {
			t.Errorf("%d routes in a portion of %d steps", routes, len(portion.Steps))
		}
		steps = append(steps, portion.Steps...)
	}
	if got, want := (&Plan{Steps: steps}).String(), p.String(); got != want {
		t.Errorf("the portions are\n%s\nand the plan is\n%s", got, want)
	}
}
