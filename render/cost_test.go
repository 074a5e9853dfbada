package render_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// The goal for any object that the API server accepts: what it holds in memory while it is checked, rendered and planned, and the
// processor time, once. Live memory is what the garbage collector keeps, and does not depend on the machine; the bound on
// processor time allows for machines of a quarter of the speed.
const (
	largestObject = 1_500_000
	mostCPU       = 4 * 2 * time.Second
	mostLive      = 128 << 20
)

// cost is what an object took.
type cost struct {
	cpu             time.Duration
	live, allocated uint64
	text            int // bytes of frr.conf
}

func (c cost) exceeds(other cost) bool { return c.allocated > other.allocated }

func (c cost) String() string {
	return fmt.Sprintf("%s of processor time, %d MB live, %d MB allocated, %d MB of frr.conf", c.cpu.Round(time.Millisecond), c.live>>20, c.allocated>>20, c.text>>20)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// digest checks and renders an object and makes plans, as the agent does, for an FRR that runs nothing and for an address
// that comes. It returns the size of frr.conf.
func digest(spec *v1.BGPConfigurationSpec) int {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "worker-1"}}
	c := &v1.BGPConfiguration{Spec: *spec}
	dialect, _ := render.DialectOf("10.3")
	config, _, err := render.Resolve(render.Input{Objects: render.Objects{Configuration: c, Node: node}, Dialect: dialect})
	if err != nil {
		return 0
	}
	renderer, _ := render.NewRenderer(nil)
	text, err := renderer.Text(config)
	if err != nil {
		return 0
	}
	const address = "ip route 10.9.9.9/32 kube-lb0 17 tag 7473\n"
	wanted := text.Reveal()
	plan.Between("frr version 10.3\n", wanted).Script()
	plan.Between(wanted, wanted+address)
	return len(wanted)
}

// costOf measures what an object costs. Live memory is measured only if the object allocates enough to hold too much.
func costOf(spec *v1.BGPConfigurationSpec) cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	text := digest(spec)
	c := cost{cpu: processorTime() - start, text: text}
	runtime.ReadMemStats(&after)
	c.allocated = after.TotalAlloc - before.TotalAlloc
	if c.allocated > mostLive {
		c.live = liveOf(func() { digest(spec) })
	}
	return c
}

// liveOf returns the most that is reachable at a time while a function runs, as garbage collections see it that are
// frequent enough to miss little.
func liveOf(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	live := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	base := live()
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		highest := base
		for {
			select {
			case <-done:
				most <- highest - base
				return
			case <-time.After(time.Millisecond):
				highest = max(highest, live())
			}
		}
	}()
	f()
	close(done)
	return <-most
}

// check reports an object that costs more than the goal.
func (c cost) check(t *testing.T, name string, spec *v1.BGPConfigurationSpec) {
	t.Helper()
	if c.cpu > mostCPU || c.live > mostLive {
		text, _ := json.Marshal(spec)
		t.Errorf("%s: %s, by an object of %d bytes that begins %.300s", name, c, len(text), text)
	}
}

// expensive are the objects that cost most before anything was bounded.
func expensive() map[string]*v1.BGPConfigurationSpec {
	repetitions := func(length int) string {
		var b strings.Builder
		for i := 0; b.Len() < length; i++ {
			fmt.Fprintf(&b, "%d{999}", i%10)
		}
		return b.String()
	}
	paths := func(members ...string) *v1.BGPConfigurationSpec {
		spec := &v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}, DefinedSets: []v1.DefinedSet{{Type: "as-path", Name: "s", List: members}}}
		spec.PolicyDefinitions = []v1.PolicyDefinition{{Name: "p", Statements: []v1.Statement{{
			Conditions: v1.Conditions{ASPathSet: &v1.MatchSet{Name: "s"}}, Actions: v1.Actions{RouteAction: v1.Reject}}}}}
		policy := &v1.ApplyPolicy{ImportPolicy: &v1.PolicyAssignment{Policies: []string{"p"}}, ExportPolicy: &v1.PolicyAssignment{Policies: []string{"p"}}}
		for i := range 64 {
			spec.Neighbors = append(spec.Neighbors, v1.Neighbor{ApplyPolicy: policy,
				Config: v1.NeighborConfig{NeighborAddress: fmt.Sprintf("192.0.2.%d", i+1), PeerASN: 65001}})
		}
		return spec
	}
	slow := make([]string, 1500)
	for i := range slow {
		slow[i] = fmt.Sprintf("^%s(%s64999)*_%d$", strings.Repeat("(1|23)", 40), strings.Repeat("64512|", 29), 64512+i)
	}
	short := make([]string, 400)
	for i := range short {
		short[i] = repetitions(480)
	}
	statements := &v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}}
	for i := range 256 {
		d := v1.PolicyDefinition{Name: fmt.Sprint("p", i)}
		for range 128 {
			d.Statements = append(d.Statements, v1.Statement{Actions: v1.Actions{LocalPref: 1}})
		}
		statements.PolicyDefinitions = append(statements.PolicyDefinitions, d)
	}
	for i := range 1024 {
		chain := &v1.PolicyAssignment{Policies: []string{fmt.Sprint("p", i%256)}}
		statements.Neighbors = append(statements.Neighbors, v1.Neighbor{ApplyPolicy: &v1.ApplyPolicy{ImportPolicy: chain},
			Config: v1.NeighborConfig{NeighborAddress: fmt.Sprintf("10.0.%d.%d", i/250, i%250+1), PeerASN: v1.ASN(65001 + i)}})
	}
	// Each neighbor has the same policies in another order, which FRR needs a route map of its own for.
	orders := &v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}, PolicyDefinitions: statements.PolicyDefinitions[:64]}
	for i := range 5 {
		chain := &v1.PolicyAssignment{}
		for j := range 64 {
			chain.Policies = append(chain.Policies, fmt.Sprint("p", (i+j)%64))
		}
		orders.Neighbors = append(orders.Neighbors, v1.Neighbor{ApplyPolicy: &v1.ApplyPolicy{ImportPolicy: chain},
			Config: v1.NeighborConfig{NeighborAddress: fmt.Sprintf("10.0.0.%d", i+1), PeerASN: v1.ASN(65001 + i)}})
	}
	return map[string]*v1.BGPConfigurationSpec{
		"64 policies of 128 statements in 5 orders": orders,
		"an expression of 18 kB":                    paths(repetitions(18_000)), "400 expressions of 480 bytes": paths(short...),
		"1,500 valid members": paths(slow...), "256 policies of 128 statements": statements,
	}
}

// TestExpensiveObjects holds the goal for the objects that cost most once.
func TestExpensiveObjects(t *testing.T) {
	for name, spec := range expensive() {
		c := costOf(spec)
		c.check(t, name, spec)
		t.Logf("%s: %s", name, c)
	}
}

// FuzzCost changes objects at random, and holds the goal for each that the API server would accept.
func FuzzCost(f *testing.F) {
	for i := range uint64(3) {
		f.Add(i, []byte{0, 1, 2, 3, 4, 5, byte(i)})
	}
	f.Fuzz(func(t *testing.T, seed uint64, changes []byte) {
		random := rand.New(rand.NewPCG(seed, 15))
		spec := costly(random)
		for _, which := range changes[:min(len(changes), 16)] {
			change(random, spec, int(which)%6)
		}
		if text, err := json.Marshal(spec); err == nil && len(text) <= largestObject {
			costOf(spec).check(t, "a changed object", spec)
		}
	})
}

// TestCost looks for the object that costs most: it changes objects, keeps what
// costs more, and fails above the bounds. K8FRR_COST_ROUNDS makes it look for
// longer.
func TestCost(t *testing.T) {
	rounds := 8
	if s := os.Getenv("K8FRR_COST_ROUNDS"); s != "" {
		rounds, _ = strconv.Atoi(s)
	}
	random := rand.New(rand.NewPCG(7473, 15))
	var best *v1.BGPConfigurationSpec
	var most cost
	for i := range rounds {
		var spec *v1.BGPConfigurationSpec
		if best == nil || i%3 == 0 {
			spec = costly(random)
		} else {
			spec = best.DeepCopy()
		}
		for range 1 + random.IntN(4) {
			change(random, spec, random.IntN(6))
		}
		if text, err := json.Marshal(spec); err != nil || len(text) > largestObject {
			continue
		}
		c := costOf(spec)
		c.check(t, fmt.Sprint("round ", i), spec)
		if c.exceeds(most) {
			best, most = spec, c
		}
	}
	t.Logf("the most that was found: %s", most)
}

// costly is an object of many neighbors, policies and sets.
func costly(r *rand.Rand) *v1.BGPConfigurationSpec {
	spec := &v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}}
	for i := range 1 + r.IntN(300) {
		spec.Neighbors = append(spec.Neighbors, v1.Neighbor{Config: v1.NeighborConfig{
			NeighborAddress: fmt.Sprintf("10.%d.%d.%d", r.IntN(100), i/250, i%250+1), PeerASN: 65001,
		}})
	}
	for i := range 1 + r.IntN(64) {
		addSet(r, spec, i)
	}
	for i := range 1 + r.IntN(32) {
		addPolicy(r, spec, i)
	}
	attach(r, spec)
	return spec
}

// change makes one list of an object longer, or what it holds dearer.
func change(r *rand.Rand, spec *v1.BGPConfigurationSpec, which int) {
	switch which {
	case 0:
		addSet(r, spec, len(spec.DefinedSets))
	case 1:
		addPolicy(r, spec, len(spec.PolicyDefinitions))
	case 2:
		attach(r, spec)
	case 3: // other AS numbers in front of the path
		for i := range spec.Neighbors {
			spec.Neighbors[i].Config.LocalASN = v1.ASN(64512 + r.IntN(1000))
		}
	case 4: // the same policy again and again
		for i := range spec.Neighbors {
			if a := spec.Neighbors[i].ApplyPolicy; a != nil && a.ExportPolicy != nil && len(a.ExportPolicy.Policies) < 2000 {
				a.ExportPolicy.Policies = append(a.ExportPolicy.Policies, a.ExportPolicy.Policies...)
			}
		}
	case 5: // longer sets
		for i := range spec.DefinedSets {
			if d := &spec.DefinedSets[i]; len(d.List) < 5000 {
				for j, member := range d.List {
					d.List = append(d.List, member+strconv.Itoa(j%10))
				}
			}
		}
	}
}

var setKinds = []string{"prefix", "neighbor", "as-path", "community", "ext-community", "large-community"}

func addSet(r *rand.Rand, spec *v1.BGPConfigurationSpec, i int) {
	d := v1.DefinedSet{Type: setKinds[r.IntN(len(setKinds))], Name: fmt.Sprint("s", i)}
	for j := range 1 + r.IntN(200) {
		switch d.Type {
		case "prefix":
			d.Prefixes = append(d.Prefixes, v1.Prefix{IPPrefix: fmt.Sprintf("10.%d.%d.0/24", i%250, j)})
		case "neighbor":
			d.List = append(d.List, fmt.Sprintf("10.%d.%d.1", r.IntN(100), j))
		case "as-path":
			d.List = append(d.List, []string{
				fmt.Sprintf("^%d_", 64512+j),
				"^" + strings.Repeat("(1|23)", 1+r.IntN(40)) + fmt.Sprint(j) + "$",
				strings.Repeat("1{999}", 1+r.IntN(80)),
				strings.Repeat("(.*1)?", 1+r.IntN(40)),
			}[r.IntN(4)])
		case "ext-community":
			d.List = append(d.List, fmt.Sprintf("rt:65000:%d", j), "rt:"+strings.Repeat("[1-9]?", 1+r.IntN(30)))
		default:
			d.List = append(d.List, fmt.Sprintf("65000:%d", j), fmt.Sprintf("^65.*:%d$", j), strings.Repeat("(1|2)*", 1+r.IntN(30)))
		}
	}
	spec.DefinedSets = append(spec.DefinedSets, d)
}

func addPolicy(r *rand.Rand, spec *v1.BGPConfigurationSpec, i int) {
	d := v1.PolicyDefinition{Name: fmt.Sprint("p", i)}
	for range 1 + r.IntN(128) {
		st := v1.Statement{Actions: v1.Actions{LocalPref: uint32(r.IntN(1000))}}
		if r.IntN(4) == 0 {
			st.Actions.RouteAction = v1.Accept
		}
		for range r.IntN(3) {
			s := spec.DefinedSets[r.IntN(len(spec.DefinedSets))]
			m := &v1.MatchSet{Name: s.Name, Match: []string{"any", "all", "invert"}[r.IntN(3)]}
			switch s.Type {
			case "prefix":
				m.Match = ""
				st.Conditions.PrefixSet = m
			case "neighbor":
				m.Match = ""
				st.Conditions.NeighborSet = m
			case "as-path":
				st.Conditions.ASPathSet = m
			case "community":
				st.Conditions.CommunitySet = m
			case "ext-community":
				st.Conditions.ExtCommunitySet = m
			default:
				st.Conditions.LargeCommunitySet = m
			}
		}
		d.Statements = append(d.Statements, st)
	}
	spec.PolicyDefinitions = append(spec.PolicyDefinitions, d)
}

// attach gives each neighbor a chain of policies of its own.
func attach(r *rand.Rand, spec *v1.BGPConfigurationSpec) {
	for i := range spec.Neighbors {
		chain := &v1.PolicyAssignment{Name: fmt.Sprint("chain-", i)}
		for range 1 + r.IntN(8) {
			chain.Policies = append(chain.Policies, spec.PolicyDefinitions[r.IntN(len(spec.PolicyDefinitions))].Name)
		}
		spec.Neighbors[i].ApplyPolicy = &v1.ApplyPolicy{ImportPolicy: chain, ExportPolicy: chain}
	}
}
