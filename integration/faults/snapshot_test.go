//go:build linux

package faults

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// snapshot is what a node runs, seen from everywhere.
type snapshot map[string][]string

// look takes a snapshot: of each daemon's own configuration, of frr.conf, of the kernel, of what the router knows.
func (n *node) look() snapshot {
	s := snapshot{} // what all daemons together have is what vtysh shows
	for _, d := range n.daemons() {
		own := paths(n.show(d))
		s["FRR"] = append(s["FRR"], own...)
		s[d] = slices.DeleteFunc(own, func(line string) bool { return !acts(d, line) })
	}
	text, _ := os.ReadFile(filepath.Join(n.config(), "frr.conf"))
	s["frr.conf"] = paths(string(text))
	for _, protocol := range []string{"bgp", "196"} { // 196 is static
		for _, family := range []string{"-4", "-6"} {
			for line := range strings.Lines(n.exec("ip", "-oneline", family, "route", "show", "table", "all", "proto", protocol)) {
				s["kernel"] = append(s["kernel"], strings.Fields(line)[0]+" by "+protocol)
			}
		}
	}
	for subnet := steady; subnet <= keyed; subnet++ {
		for prefix, r := range n.heard.From(peer(subnet)).Announced() {
			if prefix.Addr().As4()[1] == 51 {
				continue // what the router has said itself
			}
			med := "none"
			if r.MED != nil {
				med = fmt.Sprint(*r.MED)
			}
			s["router"] = append(s["router"], fmt.Sprintf("%v: %v via %v, path %v, communities %v, MED %s", peer(subnet), prefix, r.NextHop, r.ASPath, r.Communities, med))
		}
	}
	for where, lines := range s {
		slices.Sort(lines)
		s[where] = slices.Compact(lines)
	}
	return s
}

// acts reports whether a daemon acts on a line. FRR gives each list and each route map to all daemons that know such things,
// whether or not they have a use for it.
func acts(daemon, line string) bool {
	policy := strings.HasPrefix(line, "route-map ") || strings.Contains(line, "-list ")
	return daemon == "bgpd" || !policy || strings.Contains(line, " K8FRR-KERNEL") && daemon != "staticd" && daemon != "bfdd"
}

// paths flattens a configuration into its lines, each after the contexts that it stands in. What FRR says of itself is left
// out, and so are contexts without lines, of which versions and times differ.
func paths(text string) []string {
	var list, at []string
	for raw := range strings.Lines(text) {
		line := strings.Join(strings.Fields(raw), " ")
		indent := len(raw) - len(strings.TrimLeft(raw, " "))
		if line == "" || line[0] == '!' || strings.HasPrefix(line, "exit") || line == "end" {
			continue
		}
		if indent == 0 && slices.Contains([]string{"frr", "hostname", "service", "log", "Building", "Current"}, strings.Fields(line)[0]) {
			continue
		}
		at = append(at[:min(indent, len(at))], line)
		if line != "bfd" && !strings.HasPrefix(line, "vrf ") {
			list = append(list, strings.Join(at, " / "))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var number = regexp.MustCompile(`description after-\d+`)

// numbered is the snapshot of what was declared under another number, as it is under that of what was written last.
func (n *node) numbered(s snapshot) snapshot {
	e := snapshot{}
	for where, lines := range s {
		for _, line := range lines {
			e[where] = append(e[where], number.ReplaceAllString(line, fmt.Sprintf("description after-%d", n.number)))
		}
	}
	return e
}

// stale tells what keeps prefixes back whose addresses have gone and whose routes zebra 10.x has kept: whether it has kept
// them is chance (docs/frr.md), and nothing is announced by these lines.
func stale(line string) bool {
	return strings.Contains(line, "K8FRR-STALE") || staleEntry.MatchString(line)
}

var staleEntry = regexp.MustCompile(`route-map K8FRR-IMPORT-[A-Z]+ deny [34]$`)

// unlike tells in what two snapshots differ.
func (s snapshot) unlike(want snapshot) string {
	var b strings.Builder
	for _, where := range slices.Sorted(maps.Keys(want)) {
		for _, line := range want[where] {
			if !slices.Contains(s[where], line) && !stale(line) {
				fmt.Fprintf(&b, "%s lacks %s\n", where, line)
			}
		}
		for _, line := range s[where] {
			if !slices.Contains(want[where], line) && !stale(line) {
				fmt.Fprintf(&b, "%s has %s\n", where, line)
			}
		}
	}
	return b.String()
}

// reference is what runs when there is no fault and never was a transition: FRR was started with it.
type reference struct {
	before, after snapshot
	steps         int // of the plan between them
	mirrored      int // of the plan when only kube-lb0 has changed
}

// refer makes the references of a version.
func refer(t *testing.T, version lab.Version) reference {
	t.Helper()
	n := newNode(t, version)
	n.startAgent()
	defer n.Kill("agent", 9)
	var r reference
	// Each is afterwards what a start of FRR makes of the agent's frr.conf, without the agent.
	fresh := func(subnets ...int) snapshot {
		n.t.Helper()
		n.eventually("the configuration runs", patience, n.runs)
		n.Kill("agent", 9)
		n.frr.StopAll()
		n.eventually("the sessions end", patience, func() bool { return len(n.heard.Established()) == 0 })
		n.frr.Start()
		n.up(patience, subnets...)
		last := snapshot{}
		n.eventually("all is quiet", patience, func() bool {
			now := n.look()
			same := len(now["router"]) > 0 && now.unlike(last) == ""
			last = now
			return same
		})
		n.startAgent()
		return last
	}
	n.declare(before, addressesAfter)
	r.before = fresh(steady, changed, leaves, remade, keyed)
	count := func(text string, addresses []string) int {
		n.t.Helper()
		n.wire.arm(-1, nil)
		n.declare(text, addresses)
		n.eventually("the configuration runs", patience, func() bool { return n.runs() && n.carries() })
		return n.wire.disarm()
	}
	n.eventually("the configuration runs", patience, n.runs)
	r.mirrored = count(before, addressesBefore)
	r.steps = count(after, addressesAfter)
	r.after = fresh(steady, changed, joins, remade, keyed)
	return r
}
