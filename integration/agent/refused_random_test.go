//go:build linux

package agent

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/random"
)

var (
	randomCases = flag.Int("random-refusals", 3, "how many random objects with refused parts are tried on each version")
	randomSeed  = flag.Uint64("random-refusals-seed", 15, "the seed of these objects")
)

// fault is what FRR, or the machine, refuses of an object.
type fault struct {
	name string
	// spec adds it to the object, operator and bgp are lines of the templates of these names.
	spec          func(*v1.BGPConfigurationSpec)
	operator, bgp string
	// part is what the agent reports to leave out, or its beginning, and instead what runs in its place; without a part the
	// agent knows beforehand, and reason is that of its note.
	part, instead, reason string
}

// absent is a neighbor that only a fault is about. No router has the address.
const absent = "10.77.0.1"

func adds(n v1.Neighbor) func(*v1.BGPConfigurationSpec) {
	return func(s *v1.BGPConfigurationSpec) { s.Neighbors = append([]v1.Neighbor{n}, s.Neighbors...) }
}

func peer(address string, asn v1.ASN, description string) v1.Neighbor {
	return v1.Neighbor{Config: v1.NeighborConfig{NeighborAddress: address, PeerASN: asn, Description: description}}
}

func imports(n v1.Neighbor, policy string) v1.Neighbor {
	n.ApplyPolicy = &v1.ApplyPolicy{ImportPolicy: &v1.PolicyAssignment{Policies: []string{policy}}}
	return n
}

// randomFaults are one or more of each kind. Two of one object never are about the same neighbor, list or line.
var randomFaults = [][]fault{
	{ // lines that FRR's grammar does not have
		{name: "a line that is none", operator: "frobnicate 7", part: "frobnicate"},
		{name: "a line of a neighbor that is none", bgp: " neighbor 10.77.0.2 remote-as 65009\n neighbor 10.77.0.2 frobnicate 7", part: "neighbor 10.77.0.2"},
		{name: "a line of an instance that is none", bgp: " bgp frobnicate 7", part: "router bgp / bgp frobnicate"},
		{name: "a value that is none", operator: "ip prefix-list OOPS seq 5 permit 10.0.0.300/8", part: "ip prefix-list OOPS"},
	},
	{ // values that a daemon refuses
		{name: "a prefix list that validation refuses", operator: "ip prefix-list WORSE seq 5 permit 10.0.0.0/8 ge 4", part: "ip prefix-list WORSE"},
		{name: "a route map that validation refuses", operator: "route-map WORSE permit 10\n set ipv6 next-hop global fe80::1\nexit", part: "route-map WORSE"},
		{name: "a line of a neighbor that there is not", bgp: " neighbor 10.77.0.3 description absent", part: "neighbor 10.77.0.3"},
		{name: "ranges that overlap", part: "range 10.78.", bgp: " neighbor RANGED peer-group\n neighbor RANGED remote-as 65009\n" +
			" bgp listen range 10.78.0.0/16 peer-group RANGED\n bgp listen range 10.78.1.0/24 peer-group RANGED"},
	},
	{ // what FRR does not take, and says nothing
		{name: "an internal member of an external group", part: "neighbor 10.77.0.4",
			bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n neighbor 10.77.0.4 remote-as 65000\n neighbor 10.77.0.4 peer-group OURS"},
		{name: "timers that FRR changes", bgp: " neighbor 10.77.0.5 remote-as 65009\n neighbor 10.77.0.5 timers 100 30", part: "neighbor 10.77.0.5"},
	},
	{ // what the node has not, or something else has
		{name: "an address to listen on that is elsewhere", reason: "CannotListen",
			spec: func(s *v1.BGPConfigurationSpec) { s.Global.ListenAddresses = []string{"10.250.0.1"} }},
		{name: "a port that is taken", reason: "CannotListen", spec: func(s *v1.BGPConfigurationSpec) { s.Global.ListenPort = taken }},
	},
	{ // neighbors that are the node
		{name: "the node itself", spec: adds(peer("10.11.0.2", 65001, "")), reason: "LocalAddress"},
		{name: "the node itself, over IPv6", spec: adds(peer("fd00:11::2", 65001, "")), reason: "LocalAddress"},
		{name: "loopback", spec: adds(peer("127.0.0.7", 65001, "")), reason: "LocalAddress"},
	},
	{ // lines of templates about what the object has
		{name: "a new neighbor", spec: adds(peer(absent, 65007, lab.Refused)), part: "neighbor " + absent},
		{name: "a change of a neighbor", part: "neighbor " + spare, instead: "Previous",
			spec: func(s *v1.BGPConfigurationSpec) { neighborOf(s, spare).Config.Description = lab.Refused }},
		{name: "a group and its member", part: "neighbor WORST", spec: func(s *v1.BGPConfigurationSpec) {
			s.PeerGroups = append(s.PeerGroups, v1.PeerGroup{Config: v1.PeerGroupConfig{Name: "WORST", PeerASN: 65007}})
			n := peer("10.77.0.6", 0, "")
			n.Config.PeerGroup = "WORST"
			adds(n)(s)
		}, bgp: "{{range .PeerGroups}}{{if eq .Name \"WORST\"}}\n neighbor WORST local-as {{$.ASN}}{{end}}{{end}}"},
	},
	{ // a VRF that there is not
		{name: "a neighbor in it", part: "neighbor 10.77.0.7 in VRF ghost", spec: func(s *v1.BGPConfigurationSpec) {
			s.VRFs = append(s.VRFs, v1.VRF{Name: "ghost", RD: "65000:77"})
			n := peer("10.77.0.7", 65007, lab.Refused)
			n.Config.VRF = "ghost"
			adds(n)(s)
		}},
		{name: "a line of it", part: "router bgp / bgp frobnicate 8 in VRF specter", bgp: "{{if eq .Device \"specter\"}}\n bgp frobnicate 8{{end}}",
			spec: func(s *v1.BGPConfigurationSpec) { s.VRFs = append(s.VRFs, v1.VRF{Name: "specter", RD: "65000:78"}) }},
	},
	{ // policies
		{name: "the policy of a new neighbor", part: "neighbor 10.77.0.8", instead: "RejectAll", spec: adds(imports(peer("10.77.0.8", 65007, ""), refusedPolicy))},
		{name: "the new policy of a neighbor", part: "neighbor " + secondSpare, instead: "Previous",
			spec: func(s *v1.BGPConfigurationSpec) { n := neighborOf(s, secondSpare); *n = imports(*n, refusedPolicy) }},
	},
}

const (
	// spare and secondSpare are neighbors that all objects have, of which a fault may change something. No router has the addresses.
	spare, secondSpare = "10.76.0.1", "10.76.0.2"
	// taken is a port that something else listens on.
	taken = 1799
	// refusedPolicy is a policy of which FRR refuses a line, by randomTemplates.
	refusedPolicy = "refused"
)

// randomTemplates has FRR refuse a line of each route map of refusedPolicy.
var randomTemplates = strings.Replace(`{{define "route-maps" -}}
{{range .RouteMaps -}}
route-map {{.Name}} {{.Action}} {{.Seq}}
{{- range .Lines}}
 {{.}}
{{- end}}
{{- if hasPrefix "K8FRR-NAME" .Name}}
 set ipv6 next-hop global fe80::1
{{- end}}
exit
!
{{end -}}
{{- end}}
`, "NAME", refusedPolicy, 1)

func neighborOf(s *v1.BGPConfigurationSpec, address string) *v1.Neighbor {
	return &s.Neighbors[slices.IndexFunc(s.Neighbors, func(n v1.Neighbor) bool { return n.Config.NeighborAddress == address })]
}

// randomObject is a random spec of a node with the control neighbors and the spare one. It can be rendered for every version.
func randomObject(r *rand.Rand) v1.BGPConfigurationSpec {
	for {
		s := random.Spec(r)
		s.Global.ASN, s.Global.RouterID, s.Global.ListenPort, s.Global.ListenAddresses = 65000, "10.11.0.2", 0, nil
		s.Global.BindToDevice, s.Global.Confederation, s.Global.NodeStatus = "", nil, nil
		s.PolicyDefinitions = append(s.PolicyDefinitions, v1.PolicyDefinition{Name: refusedPolicy, Statements: []v1.Statement{{
			Conditions: v1.Conditions{Origin: "igp"}, Actions: v1.Actions{RouteAction: v1.Accept}}}})
		s.Neighbors = append(s.Neighbors, peer(spare, 65008, "spare"), peer(secondSpare, 65008, "spare"))
		for _, address := range []string{"10.11.0.1", "10.12.0.1", "fd00:11::1"} { // the control neighbors, which no fault is about
			n := peer(address, 65001, "")
			n.Timers = &v1.Timers{TimersConfig: v1.TimersConfig{ConnectRetry: new(uint32(1))}}
			n.AfiSafis = []v1.AfiSafi{{Family: v1.IPv4Unicast}, {Family: v1.IPv6Unicast}}
			s.Neighbors = append(s.Neighbors, n)
		}
		for i := range s.Neighbors { // what is reported has passwords replaced, and all addresses have a 7
			s.Neighbors[i].Config.AuthPassword = strings.ReplaceAll(s.Neighbors[i].Config.AuthPassword, "7", "seven")
		}
		for i := range s.PeerGroups {
			s.PeerGroups[i].Config.AuthPassword = strings.ReplaceAll(s.PeerGroups[i].Config.AuthPassword, "7", "seven")
		}
		if (random.Node{Spec: s}).Valid() {
			return s
		}
	}
}

// crowd is a node with the control neighbors.
type crowd struct {
	*node
	dir   string // of templates
	heard []*listener.Listener
	marks []int
}

func newCrowd(t *testing.T, version lab.Version) *crowd {
	l := lab.New(t)
	host := l.Host("node-a")
	c := &crowd{dir: filepath.Join(host.Dir(), "templates")}
	for i, addresses := range [][]string{{"10.11.0.%d/24", "fd00:11::%d/64"}, {"10.12.0.%d/24"}} {
		router := l.Host(fmt.Sprintf("router%d", i))
		var ours, its []string
		for _, a := range addresses {
			ours, its = append(ours, fmt.Sprintf(a, 2)), append(its, fmt.Sprintf(a, 1))
		}
		l.Connect(host.Port(fmt.Sprintf("up%d", i), ours...), router.Port("eth0", its...))
		c.heard = append(c.heard, router.Listen(listener.Config{ASN: 65001}))
	}
	c.node = prepare(t, host, version, "--refused-retry", "1s", "--templates", c.dir, "--daemons-file", filepath.Join(host.Dir(), "daemons"))
	if err := os.Mkdir(c.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := host.Do(func() error {
		for _, network := range []string{"tcp4", "tcp6"} {
			other, err := net.Listen(network, fmt.Sprintf(":%d", taken))
			if err != nil {
				return err
			}
			t.Cleanup(func() { other.Close() })
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, "route-maps.tmpl"), []byte(randomTemplates), 0o644); err != nil {
		t.Fatal(err)
	}
	c.Write("node.yaml", strings.Replace(strings.Replace(kubernetesNode, "rack: one", "zone: a", 1), "10.1.0.2", "10.11.0.2", 1))
	var secrets []string
	for _, name := range []string{"a", "b"} {
		secrets = append(secrets, "apiVersion: v1\nkind: Secret\nmetadata: {name: "+name+", namespace: purelb-system}\nstringData: {password: p"+name+", key: k"+name+"}\n")
	}
	c.Write("secrets.yaml", strings.Join(secrets, "---\n"))
	return c
}

// mark begins to count ends of sessions.
func (c *crowd) mark() {
	c.marks = nil
	for _, heard := range c.heard {
		c.marks = append(c.marks, heard.Mark())
	}
}

// undisturbed makes sure that no control session has ended since the mark.
func (c *crowd) undisturbed() {
	c.t.Helper()
	time.Sleep(rest)
	for i, heard := range c.heard {
		for _, e := range heard.Since(c.marks[i]) {
			if e.Kind == listener.Down {
				c.t.Errorf("a control session ended: %v\n%s", e, c.Logged())
			}
		}
	}
}

// established waits until a router has a session from an address.
func (c *crowd) established(heard *listener.Listener, address string) {
	c.t.Helper()
	ctx, cancel := c.Deadline()
	defer cancel()
	if _, err := heard.From(netip.MustParseAddr(address)).WaitEstablished(ctx); err != nil {
		c.t.Fatalf("no session from %s: %v\n%s", address, err, c.Logged())
	}
}

// declare writes templates and an object.
func (c *crowd) declare(s v1.BGPConfigurationSpec, faults []fault) {
	c.t.Helper()
	var operator, bgp []string
	for _, f := range faults {
		if f.spec != nil {
			f.spec(&s)
		}
		if f.operator != "" {
			operator = append(operator, f.operator)
		}
		switch {
		case strings.HasPrefix(f.bgp, "{{"):
			bgp = append(bgp, f.bgp)
		case f.bgp != "":
			bgp = append(bgp, `{{if not .Device}}`+"\n"+f.bgp+"{{end}}")
		}
	}
	bgp = append(bgp, lab.RefusingTemplate)
	c.template(c.dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+strings.Join(bgp, "")+"{{end}}")
	c.template(c.dir, "operator.tmpl", `{{define "operator" -}}`+"\n"+strings.Join(operator, "\n")+"\n{{end}}")
	text, err := yaml.Marshal(v1.BGPConfiguration{TypeMeta: metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: "purelb-system"}, Spec: s})
	if err != nil {
		c.t.Fatal(err)
	}
	c.Write("bgp.yaml", string(text))
}

// reports waits until the agent says of a generation that runs that exactly these faults are left out of it.
func (c *crowd) reports(after int64, faults []fault) {
	c.t.Helper()
	var why error
	c.Until("the status names what is refused, and no more", func() bool {
		s, err := c.Report()
		if why = err; err == nil {
			why = matches(s, after, faults)
		}
		return why == nil
	}, func() any {
		s, _ := c.Report()
		return fmt.Sprintf("%v\n%+v\n%s", why, s.Status.Configuration, c.Logged())
	})
}

func matches(s v1.BGPNodeStatus, after int64, faults []fault) error {
	if c := s.Status.Configuration; c == nil || c.Generation != c.Declared || c.Generation <= after {
		return errors.New("what is declared does not run")
	}
	said, left := "", 0
	want := metav1.ConditionTrue
	for _, f := range faults {
		if f.part != "" {
			want = metav1.ConditionFalse
		}
	}
	for _, c := range s.Status.Conditions {
		said += c.Message + "\n"
		if c.Type == "ConfigurationApplied" && (c.Status != want || want == metav1.ConditionFalse && c.Reason != "RefusedInPart") {
			return fmt.Errorf("%s %s: %s", c.Status, c.Reason, c.Message)
		}
	}
	for _, f := range faults {
		if f.part == "" {
			continue
		}
		instead := f.instead
		if instead == "" {
			instead = "Nothing"
		}
		if !slices.ContainsFunc(s.Status.Configuration.LeftOut, func(l v1.LeftOutPart) bool {
			return strings.HasPrefix(l.Part, f.part) && l.Instead == instead && l.Message != ""
		}) {
			return fmt.Errorf("%s (%s) is not left out", f.part, f.name)
		}
		left++
	}
	if left == 0 && len(s.Status.Configuration.LeftOut) > 0 {
		return errors.New("something is left out")
	}
	return nil
}

// lines are those of the running configuration, each with what it stands in.
func (c *crowd) lines() map[string]bool {
	all, context := map[string]bool{}, []string{}
	for line := range strings.Lines(strings.ReplaceAll(c.Vtysh("show running-config"), "\r", "")) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimLeft(line, " ")
		depth := len(line) - len(text)
		if text == "" || text == "!" || strings.HasPrefix(text, "exit") || depth == 0 && strings.HasPrefix(text, "vrf ") { // FRR keeps an empty VRF
			context = []string{text}
			continue
		}
		context = append(context[:min(depth, len(context))], text)
		all[strings.Join(context, " / ")] = true
	}
	return all
}

// Of random objects of which FRR and the machine refuse random parts, everything else runs, and the control sessions do not end:
// neither when the parts are declared, nor when they are tried again, nor when they are corrected. Then all of the object runs.
// The routers say what ended.
func TestRandomRefusals(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		r := rand.New(rand.NewPCG(*randomSeed, 7474))
		c := newCrowd(t, version)
		c.declare(randomObject(r), nil)
		c.StartAgent()
		var kinds []int
		for i := range *randomCases {
			object := randomObject(r)
			var faults []fault
			for range 3 { // kinds take turns, so that all occur
				if len(kinds) == 0 {
					kinds = r.Perm(len(randomFaults))
				}
				of := randomFaults[kinds[0]]
				faults, kinds = append(faults, of[r.IntN(len(of))]), kinds[1:]
			}
			var names []string
			for _, f := range faults {
				names = append(names, f.name)
			}
			t.Logf("%d: %s", i, strings.Join(names, "; "))
			c.tries(object, faults, i)
		}
	})
}

// tries has an object run, then the object with faults, then without.
func (c *crowd) tries(object v1.BGPConfigurationSpec, faults []fault, i int) {
	c.t.Helper()
	before := c.generation()
	c.declare(object, nil)
	c.reports(before, nil)
	for j, addresses := range [][]string{{"10.11.0.2", "fd00:11::2"}, {"10.12.0.2"}} {
		for _, address := range addresses { // not all of them send an End-of-RIB
			c.established(c.heard[j], address)
		}
	}
	whole := c.lines()
	c.mark()
	logged := len(c.Logged())

	marker := fmt.Sprintf("rest %d", i)
	rest := *object.DeepCopy()
	neighborOf(&rest, "10.11.0.1").Config.Description = marker
	changed := "router bgp 65000 / neighbor 10.11.0.1 description " + marker
	before = c.generation()
	c.declare(*rest.DeepCopy(), faults)
	c.reports(before, faults)
	c.undisturbed()
	refused := 0
	for _, f := range faults {
		if f.part != "" {
			refused++
		}
	}
	if refused > 0 {
		c.settles(logged, refused+1)
		c.reports(before, faults)
		c.undisturbed()
	}
	now := c.lines()
	for line := range whole {
		if !now[line] {
			c.t.Errorf("while a part is refused, it does not run: %s", line)
		}
	}
	if !now[changed] {
		c.t.Errorf("while a part is refused, the rest does not run: %s", changed)
	}

	before = c.generation()
	c.declare(*object.DeepCopy(), nil)
	c.reports(before, nil)
	c.undisturbed()
	c.Until("all of the object runs, and nothing of the faults", func() bool { // lines of templates go last
		now = c.lines()
		return maps.Equal(now, whole)
	}, func() any {
		var differ []string
		for line := range now {
			if !whole[line] {
				differ = append(differ, "still there: "+line)
			}
		}
		for line := range whole {
			if !now[line] {
				differ = append(differ, "missing: "+line)
			}
		}
		return strings.Join(differ, "\n")
	})
}

// generation is the last one that was written for the agent.
func (c *crowd) generation() int64 {
	s, err := c.Report()
	if err != nil || s.Status.Configuration == nil {
		return 0
	}
	return s.Status.Configuration.Declared
}
