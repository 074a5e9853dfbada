package supervise

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/policy"
	"github.com/k8frr/k8frr/supervise/plan"
)

func TestContextOf(t *testing.T) {
	script := strings.Split(`frr defaults traditional
route-map A permit 10
 set metric 1
exit
router bgp 65000
 neighbor 10.0.0.1 remote-as 1
 !
 address-family ipv4 unicast
  neighbor 10.0.0.1 activate
 exit-address-family
exit`, "\n")
	for line, want := range map[int][]string{
		0: nil, 1: nil, 3: {"route-map A permit 10"}, 5: nil, 6: {"router bgp 65000"},
		9: {"router bgp 65000", "address-family ipv4 unicast"}, 10: {"router bgp 65000"}, 99: nil,
	} {
		if got := contextOf(script, line); !slices.Equal(got, want) {
			t.Errorf("line %d is within %q, not %q", line, got, want)
		}
	}
}

// refusedLine is what a Router says of a refused line, of which it replaces a password.
type refusedLine struct{ at int }

func (r refusedLine) Error() string             { return "refused" }
func (r refusedLine) Refused() (string, string) { return "bgp frobnicate <redacted>", "unknown" }
func (r refusedLine) At() int                   { return r.at }
func (r refusedLine) Unheard() bool             { return false }

// A refused line is left out as the script has it, also if what is printed of it is another text.
func TestRefusedLineIsTheScripts(t *testing.T) {
	renderer, err := render.NewRenderer(map[string]string{"operator-bgp.tmpl": "{{define \"operator-bgp\"}}{{end}}"})
	if err != nil {
		t.Fatal(err)
	}
	d := &desired{config: &render.Config{}, renderer: renderer}
	r := d.notTaken([]string{"router bgp 65000", " bgp frobnicate 7", "exit"}, nil, refusedLine{2})
	want := plan.Command{Context: []string{"router bgp 65000"}, Line: "bgp frobnicate 7"}
	if len(r.lines) != 1 || !slices.Equal(r.lines[0].Context, want.Context) || r.lines[0].Line != want.Line {
		t.Errorf("refused is %q", r.lines)
	}
}

// A refused command is told as the field that it comes from.
func TestFieldOf(t *testing.T) {
	config := &render.Config{
		Policies: []policy.Map{{Name: "K8FRR-in-1", Lists: []policy.List{{Name: "K8FRR-P-set"}}}, {Name: "K8FRR-out-1"}},
		VRFs:     []render.VRF{{Instance: render.Instance{VRF: "blue", Device: "vrf-blue"}}},
	}
	config.Neighbors = []render.Neighbor{{ID: "10.0.0.1", Path: "spec.neighbors[0]", Session: render.Session{
		Families: []render.FamilySession{{Import: "K8FRR-in-1"}},
	}}}
	config.PeerGroups = []render.PeerGroup{{Name: "racks", Path: "spec.peerGroups[0]", Session: render.Session{
		Families: []render.FamilySession{{Export: "K8FRR-out-1"}},
	}}}
	d := &desired{config: config}
	for _, c := range []struct {
		field   string
		command plan.Command
	}{
		{"spec.neighbors[0]", plan.Command{Context: []string{"router bgp 1"}, Line: "neighbor 10.0.0.1 remote-as 1"}},
		{"spec.peerGroups[0]", plan.Command{Context: []string{"router bgp 1"}, Line: "neighbor racks ebgp-multihop"}},
		{"spec.neighbors[0], import policy", plan.Command{Context: []string{"route-map K8FRR-in-1 permit 10"}, Line: "set metric 5000000000"}},
		{"spec.neighbors[0], import policy", plan.Command{Line: "ip prefix-list K8FRR-P-set seq 5 permit 10.0.0.0/8 ge 4"}},
		{"spec.peerGroups[0], export policy", plan.Command{Line: "route-map K8FRR-out-1 permit 10"}},
		{"spec.vrfs, blue", plan.Command{Context: []string{"router bgp 1 vrf vrf-blue"}, Line: "rd vpn export 1:1"}},
		{"", plan.Command{Line: "access-list MINE permit any"}},
	} {
		if got := d.fieldOf(c.command); got != c.field {
			t.Errorf("%v comes from %q, not %q", c.command, got, c.field)
		}
	}
}
