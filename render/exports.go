package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// KernelTag marks the learned routes that the kernel gets. zebra refuses all
// others (`ip protocol bgp route-map`), in every VRF.
const KernelTag = Tag + 1

// strangerTag marks routes that one VRF has of another and its own rules do not
// select: what the other one's rules have marked must not count here.
const strangerTag = Tag + 2

const (
	learnedMap = NamePrefix + "LEARNED"
	exportList = NamePrefix + "EXPORT"
)

// Export is which learned routes of an instance the kernel gets. It is decided
// where a route comes in: an import route map marks it with KernelTag, and with
// the table where that is another than the instance's own.
type Export struct {
	Enabled bool
	// Targets are sorted by table, and a route goes to the first that selects
	// it, those that select everything last: FRR installs a route once.
	Targets []Target
	// Rules are those that are in force, as declared.
	Rules []Rule
}

// Rule is a rule of the default instance and the table that it installs into; 0
// is the main one.
type Rule struct {
	Name  string
	Table uint32
}

// Target is a table of the kernel and the routes that go there: those with any
// of the communities.
type Target struct {
	// Table is 0 for the instance's own.
	Table uint32
	// Everything says that all routes go there.
	Everything       bool
	Communities      []string
	LargeCommunities []string
}

// exports resolves the rules of the default instance.
func (r *resolver) exports() Export {
	const path = "spec.netlinkExport"
	declared := r.spec.NetlinkExport
	if declared == nil || !declared.Enabled {
		return Export{}
	}
	if d := declared.DampeningInterval; d != 0 && d != 100 {
		r.note(path+".dampeningInterval", "NotApplied", "FRR collects nothing and installs a route within some 10 ms")
	}
	if p := declared.RouteProtocol; p != 0 && p != 186 {
		r.note(path+".routeProtocol", "NotApplied", "FRR's BGP routes have protocol 186 (bgp)")
	}
	if len(declared.Rules) == 0 {
		r.note(path+".rules", "NoRules", "is empty, so no route is installed")
	}
	targets := map[uint32]*Target{}
	var rules []Rule
	for i := range declared.Rules {
		rule, path := &declared.Rules[i], path+".rules["+strconv.Itoa(i)+"]"
		r.asInstalled(path, rule.Metric, rule.ValidateNexthop)
		table, ok := r.ruleTable(path, rule)
		if !ok {
			continue
		}
		rules = append(rules, Rule{rule.Name, table})
		t := targets[table]
		if t == nil {
			t = &Target{Table: table}
			targets[table] = t
		}
		t.add(rule.CommunityList, rule.LargeCommunityList)
	}
	out := r.export(path+".rules", targets)
	out.Rules = rules
	return out
}

// vrfExport resolves what the kernel gets of a VRF's routes.
func (r *resolver) vrfExport(path string, vrf *v1.VRF) Export {
	declared := vrf.NetlinkExport
	if declared == nil || !declared.Enabled {
		return Export{}
	}
	path += ".netlinkExport"
	r.asInstalled(path, declared.Metric, declared.ValidateNexthop)
	t := Target{}
	// The number of the device's own table is usually written beside its name.
	if id := uint32(declared.LinuxTableID); id != 0 {
		if own, known := r.vrfTable(deviceOf(vrf)); known && own != id {
			t.Table = mainIsZero(id)
			r.note(path+".linuxTableId", "OtherTable", "is %d, and the table of the VRF device %s is %d: the routes go to table %[1]d", id, deviceOf(vrf), own)
		}
	}
	t.add(declared.CommunityList, declared.LargeCommunityList)
	return r.export(path, map[uint32]*Target{t.Table: &t})
}

// export puts targets into their order, and tells what FRR does otherwise than
// one might expect.
func (r *resolver) export(path string, targets map[uint32]*Target) Export {
	out := Export{Enabled: true}
	for _, table := range slices.Sorted(maps.Keys(targets)) {
		t := targets[table]
		for _, list := range []*[]string{&t.Communities, &t.LargeCommunities} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		if table != 0 && r.in.Dialect.KeepsTables {
			r.note(path, "StaysInTable", "this version of FRR leaves a route in table %d when its communities, or the rules, change so that it belongs elsewhere, until bgpd is restarted: it does not happen in the main table, nor in the one of a VRF whose own netlinkExport it is", table)
		}
		out.Targets = append(out.Targets, *t)
	}
	if len(out.Targets) > 1 {
		r.note(path, "OneTable", "FRR installs a route in one table: one that is selected for several goes to the main table if that is among them, else to the lowest number")
	}
	slices.SortStableFunc(out.Targets, func(a, b Target) int { return compareBool(a.Everything, b.Everything) })
	return out
}

// asInstalled tells how FRR installs routes, where the user asks for something
// else.
func (r *resolver) asInstalled(path string, metric uint32, validate *bool) {
	if metric != 0 && metric != 20 {
		r.note(path+".metric", "NotApplied", "FRR's BGP routes have metric 20 in the kernel")
	}
	if validate != nil && !*validate {
		r.note(path+".validateNexthop", "NotApplied", "FRR installs a route only while its next hop is reachable")
	}
}

// ruleTable is the table that a rule installs into; false if there is none yet.
func (r *resolver) ruleTable(path string, rule *v1.NetlinkExportRule) (uint32, bool) {
	if rule.TableID != 0 {
		if rule.VRF != "" {
			r.note(path+".vrf", "NotApplied", "is not used, because tableId is stated")
		}
		return mainIsZero(uint32(rule.TableID)), true
	}
	if rule.VRF == "" {
		return 0, true
	}
	device := rule.VRF
	for i := range r.spec.VRFs {
		if r.spec.VRFs[i].Name == rule.VRF {
			device = deviceOf(&r.spec.VRFs[i])
		}
	}
	table, known := r.vrfTable(device)
	if !known {
		r.note(path+".vrf", "NoDevice", "the kernel has no VRF device %s, so this rule installs nothing until it has", device)
	}
	return table, known
}

// vrfTable is the table of a VRF device.
func (r *resolver) vrfTable(device string) (uint32, bool) {
	for _, l := range r.in.Links {
		if l.Name == device && l.VRF == device {
			return l.Table, true
		}
	}
	return 0, false
}

// mainIsZero is how tables are numbered here: the main table is no other one.
func mainIsZero(table uint32) uint32 {
	const mainTable = 254 // RT_TABLE_MAIN
	if table == mainTable {
		return 0
	}
	return table
}

// add takes what a rule selects into a target: without lists everything.
func (t *Target) add(communities []v1.Community, large []v1.LargeCommunity) {
	t.Everything = t.Everything || len(communities)+len(large) == 0
	for _, c := range communities {
		text, _ := policy.Community(string(c)) // validate has read it
		t.Communities = append(t.Communities, text)
	}
	for _, c := range large {
		text, _ := policy.LargeCommunity(string(c))
		t.LargeCommunities = append(t.LargeCommunities, text)
	}
}

// marking is the route map that marks the routes for the kernel. Neighbors
// without import policy have it; in maps of policies its entries are the tail.
// It is empty if nothing is installed.
func (i *Instance) marking() policy.Map {
	if !i.Export.Enabled {
		return policy.Map{}
	}
	m := policy.Map{Name: i.named(learnedMap)}
	if len(i.VPN.ImportRT) > 0 {
		// What this node originates in another VRF stays what it is.
		m.Entries = append(m.Entries, policy.Entry{Action: "permit", Seq: tailOwn, Lines: []string{matchTag(Tag)}})
	}
	tables := make([]string, len(i.Export.Targets))
	for k, t := range i.Export.Targets {
		tables[k] = strconv.FormatUint(uint64(t.Table), 10)
	}
	for k, t := range i.Export.Targets {
		// The order of the targets is that of their tables, and so must be the
		// numbers: they follow from the position, of which there are few.
		seq := uint32(tailTargets + 10*k)
		entry := func(offset uint32, match ...string) {
			m.Entries = append(m.Entries, policy.Entry{Action: "permit", Seq: seq + offset, Lines: append(match, t.marks()...)})
		}
		name := i.named(exportList) + "-" + cmp.Or(map[string]string{"0": "OWN"}[tables[k]], tables[k])
		if l := communityList("bgp community-list standard", name, t.Communities); len(l.Entries) > 0 {
			entry(0, "match community "+name)
			m.Lists = append(m.Lists, l)
		}
		if l := communityList("bgp large-community-list standard", name, t.LargeCommunities); len(l.Entries) > 0 {
			entry(1, "match large-community "+name)
			m.Lists = append(m.Lists, l)
		}
		if t.Everything {
			entry(2)
		}
	}
	if len(i.VPN.ImportRT) > 0 {
		m.Entries = append(m.Entries, policy.Entry{Action: "permit", Seq: tailStranger,
			Lines: []string{matchTag(KernelTag), setTag(strangerTag)}})
	}
	m.Entries = append(m.Entries, policy.Entry{Action: "permit", Seq: tailRest})
	return m
}

// Numbers of the entries that mark routes: greater than those of policies.
const (
	tailOwn      = policy.LastSeq + 1
	tailTargets  = policy.LastSeq + 11
	tailStranger = 65530
	tailRest     = 65535
)

// marks are the commands that mark a route for the target.
func (t Target) marks() []string {
	tag := setTag(KernelTag)
	if t.Table == 0 {
		return []string{tag}
	}
	return []string{fmt.Sprintf("set table %d", t.Table), tag}
}

func communityList(command, name string, values []string) policy.List {
	l := policy.List{Command: command, Name: name}
	numbers := sequence(values, 1, 1<<32-2)
	for i, v := range values {
		l.Entries = append(l.Entries, policy.ListEntry{Seq: numbers[i], Value: v})
	}
	slices.SortFunc(l.Entries, func(a, b policy.ListEntry) int { return cmp.Compare(a.Seq, b.Seq) })
	return l
}

// kernelEntries are the route map that zebra asks about the BGP routes of an
// instance.
func (i *Instance) kernelEntries() []routeMapEntry {
	var entries []routeMapEntry
	name := i.named(kernelMap)
	if i.Export.Enabled {
		entries = append(entries, routeMapEntry{Name: name, Action: "permit", Seq: 5, Lines: []string{matchTag(KernelTag)}})
	}
	return append(entries, routeMapEntry{Name: name, Action: "deny", Seq: 10})
}

// installed reports whether routes of a family can go to the kernel.
func installed(f v1.Family) bool {
	_, labeled := unlabeled[f]
	return labeled || slices.Contains(unicast, f)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
