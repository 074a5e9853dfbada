//go:build linux

package agent

import (
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// second begins the second neighbor of the configuration.
const second = `  - config: {neighborAddress: "fd00`

// refusals are configurations that nobody can run, by who says so.
var refusals = []struct {
	name, old, new string
	says           []string // in the condition's message
}{
	{name: "schema", old: "asn: 65000}", new: "asn: 65000, listenPort: -5}", says: []string{"spec.global.listenPort"}},
	{name: "validation", old: "[kube-lb0]", new: `["kube-lb["]`,
		says: []string{"spec.netlinkImport.interfaceList[0]", "is not a glob pattern"}},
	// The old neighbor goes only when FRR has taken the one in its place.
	{name: "the daemon, instead of a neighbor", old: "10.1.0.1, peerAsn", new: "10.1.0.3, description: refused, peerAsn",
		says: []string{"spec.neighbors[0]", "neighbor 10.1.0.3 local-as 65000", "local-as same as BGP AS"}},
	{name: "the daemon", old: second, new: `  - config: {neighborAddress: "fd00:1::3", peerAsn: 65001, description: refused}` + "\n" + second,
		says: []string{"spec.neighbors[1]", "local-as same as BGP AS"}},
	// FRR would take its first line with status 0, and do nothing.
	{name: "validation of an interface", old: second, new: `  - config: {neighborInterface: "10.1.0.9", peerAsn: 65001, description: refused}` + "\n" + second,
		says: []string{"spec.neighbors[1].config.neighborInterface", "is an address"}},
	{name: "YAML", old: "spec:", new: "spec: [", says: []string{"bgp.yaml"}},
}

// What nobody can run changes nothing: no session and no prefix goes, addresses are mirrored as before, and the status says
// which field and quotes FRR. Then a good configuration is applied as if nothing had been.
func TestRefusals(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.Flags = append(n.Flags, n.Refusing()...)
		n.begin(configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		for _, bad := range refusals {
			mark, logged, began := n.heard.Mark(), len(n.Logged()), time.Now()
			n.Write("bgp.yaml", edit(t, configuration, bad.old, bad.new))
			c := n.Condition("ConfigurationApplied", "False", bad.says...)
			t.Logf("%s, after %v: %s: %s", bad.name, time.Since(began).Round(time.Millisecond), c.Reason, c.Message)
			n.Logs(logged, "the declared configuration does not run")

			n.add("10.9.9.2/32")
			n.AddAddress("kube-lb0", "10.9.9.3/32", bare...)
			n.announced("10.9.9.1/32", "10.9.9.2/32", "10.9.9.3/32")
			n.mirrored(3)
			n.del("10.9.9.2/32", "10.9.9.3/32")
			n.mirrored(1)
			n.announced("10.9.9.1/32")
			n.Condition("ConfigurationApplied", "False", bad.says...)
			if running := n.Vtysh("show running-config"); strings.Contains(running, lab.Refused) || strings.Contains(running, "neighbor 10.1.0.3") {
				t.Errorf("%s: FRR runs a part of what was refused:\n%s", bad.name, running)
			}

			began = time.Now()
			description := strings.Trim(bad.name[len(bad.name)-4:], " ")
			n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn", "10.1.0.1, description: "+description+", peerAsn"))
			n.Condition("ConfigurationApplied", "True")
			t.Logf("%s: recovered after %v", bad.name, time.Since(began).Round(time.Millisecond))
			if !strings.Contains(n.Vtysh("show running-config"), "neighbor 10.1.0.1 description "+description) {
				t.Errorf("%s: the good configuration after it does not run", bad.name)
			}
			for _, e := range n.heard.Since(mark) {
				if e.Kind == listener.Down || e.Kind == listener.Withdrawn && e.Prefix.String() == "10.9.9.1/32" {
					t.Errorf("%s: %v", bad.name, e)
				}
			}
		}
	})
}

// The configuration is taken back: nothing of ours runs. It is not an error, and the next one is a first start.
func TestDeclaredNoMore(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--absence-grace", "1s")
		n.Vtysh("configure terminal", "ip route 10.77.0.0/24 Null0", "access-list MINE seq 5 permit 10.0.0.0/8")
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		n.Remove("bgp.yaml")
		n.Configured("nothing of ours runs", func(running string) bool {
			return !strings.Contains(running, "router bgp") && !strings.Contains(running, "K8FRR") && !strings.Contains(running, "7473")
		})
		if running := n.Vtysh("show running-config"); !strings.Contains(running, "ip route 10.77.0.0/24 Null0") || !strings.Contains(running, "access-list MINE") {
			t.Errorf("the operator's lines went too:\n%s", running)
		}
		n.announced()
		n.add("10.9.9.2/32")
		n.announced()
		n.Write("bgp.yaml", configuration)
		n.announced("10.9.9.1/32", "10.9.9.2/32")
	})
}

// Somebody holds FRR's configuration locked (10.x). What comes meanwhile waits, nothing is lost by it, and it is made up for
// when the lock is gone.
func TestLocked(t *testing.T) {
	t.Parallel()
	n := running(t, lab.FRR103, configuration)
	n.add("10.9.9.1/32")
	n.announced("10.9.9.1/32")
	mark := n.heard.Mark()
	ctx, cancel := n.Deadline()
	defer cancel()
	unlock, err := n.FRR.Lock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n.add("10.9.9.2/32")
	n.AddAddress("kube-lb0", "10.9.8.9/24", bare...)
	n.announced("10.9.9.1/32", "10.9.9.2/32") // the second by its connected route
	n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn", "10.1.0.1, description: waits, peerAsn"))
	n.Condition("ConfigurationApplied", "False", "locked")
	unlock()
	began := time.Now()
	n.announced("10.9.9.1/32", "10.9.9.2/32", "10.9.8.0/24")
	n.Condition("ConfigurationApplied", "True")
	t.Logf("made up for %v after the lock was gone", n.last(mark).Sub(began).Round(time.Millisecond))
	if !strings.Contains(n.Vtysh("show running-config"), "neighbor 10.1.0.1 description waits") {
		t.Error("the configuration that waited does not run")
	}
	n.undisturbed(mark)
}
