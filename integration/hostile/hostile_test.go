//go:build linux

package hostile

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/machine"
	"github.com/k8frr/k8frr/status"
)

// agent and k8frr are the programs.
var agent, k8frr string

func TestMain(m *testing.M) {
	if lab.Short() {
		os.Exit(m.Run())
	}
	os.Exit(lab.WithAgent(&agent, func() int {
		k8frr = filepath.Join(filepath.Dir(agent), "k8frr")
		if out, err := exec.Command("go", "build", "-o", k8frr, "../../cmd/k8frr").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build k8frr: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}))
}

// texts are what peers say. Each has a word by which it is found where it must not be.
var texts = []text{
	{name: "escapes", says: "evil\x1b]0;owned\x07\x1b[31m\x9b2J\x7f\b\r"},
	{name: "lines", says: "evil\n% owned\r\n\"}],\"state\":\"x'`$(id)\\"},
	{name: "NUL", says: "evil\x00owned\x00"},
	{name: "no UTF-8", says: "evil\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\x9b31m"},
	{name: "bidi", says: "evil\u202egnp.exe\u2066\u200b\ufeff\u2028\u2029\u0085"},
	{name: "formats", says: "evil%n%s%x | grep {{.}} level=ERROR k8frr_evil{a=\"b\"} 1"},
	{name: "long", says: "evilevil", length: 250},
}

// node is one that has a session with each address of the peer.
type node struct {
	*machine.Node
	peer *peer
}

func newNode(t *testing.T, version lab.Version) *node {
	l := lab.New(t)
	host, evil := l.Host("node"), l.Host("evil")
	objects := `apiVersion: v1
kind: Node
metadata: {name: node}
status: {addresses: [{type: InternalIP, address: 10.1.0.2}]}
---
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system, generation: 3}
spec:
  global: {asn: 65001}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  netlinkExport: {enabled: true, rules: [{name: selected, communityList: ["65000:100"]}]}
  neighbors:
`
	says := map[netip.Addr]text{}
	var addresses []string
	for i, x := range texts {
		says[address(i)] = x
		addresses = append(addresses, address(i).String()+"/24")
		description := strconv.QuoteToASCII(x.says) // which YAML reads as well
		objects += fmt.Sprintf("  - config: {neighborAddress: %s, peerAsn: %d, description: %s}\n    timers: {connectRetry: 60}\n", address(i), asn, description)
	}
	l.Connect(host.Port("eth0", "10.1.0.2/24"), evil.Port("eth0", addresses...))
	host.KubeLB("kube-lb0")
	host.AddAddress("kube-lb0", "10.200.0.5/24")
	wait := machine.Wait{TB: t, Patience: patience, Rest: time.Second}
	n := &node{machine.New(wait, host, version, agent, "--log-level", "debug", "--compat-metrics"), startPeer(t, evil, says)}
	n.Write("objects.yaml", objects)
	n.StartAgent()
	return n
}

// address is that of a text.
func address(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, 0, byte(10 + i)}) }

func TestHostilePeers(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			testHostilePeers(t, newNode(t, version))
		})
	}
}

func testHostilePeers(t *testing.T, n *node) {
	routes := len(texts) * len(odd(texts[0]))
	n.says("every session, and what peers announce", func(s *v1.BGPNodeStatusData) bool {
		return int(s.EstablishedCount) == len(texts) && int(s.RIB.ReceivedRouteCount) == routes && len(s.RIB.ReceivedRoutes) == routes
	})
	n.sound(t, "sessions are up", slices.Collect(maps.Keys(n.peer.texts))...)

	const flood = 420 // they take bgpd 68 MB to print, if it is asked to
	if err := n.peer.flood(address(0), flood); err != nil {
		t.Fatal(err)
	}
	n.says("a flood of routes", func(s *v1.BGPNodeStatusData) bool { return int(s.RIB.ReceivedRouteCount) == routes+flood })
	for i := range 5 { // while bgpd has much to print
		vip := fmt.Sprintf("10.200.1.%d/32", i)
		n.AddAddress("kube-lb0", vip)
		took := n.says("a new address in BGP", func(s *v1.BGPNodeStatusData) bool {
			for _, a := range s.NetlinkImport.ImportedAddresses {
				if a.Address == vip {
					return a.InRIB && int(s.EstablishedCount) == len(texts)
				}
			}
			return false
		})
		t.Logf("%s is in the status after %v", vip, took.Round(time.Millisecond))
	}
	if peak := n.memory(t); peak > 128<<10 {
		t.Errorf("the agent has needed %d kB", peak)
	}
	if log := n.Logged(); strings.Contains(log, status.ReasonScrapeFailed) {
		t.Error("FRR could not be asked")
	}

	if err := n.peer.leave(); err != nil {
		t.Fatal(err)
	}
	n.says("what the peers said at the end", func(s *v1.BGPNodeStatusData) bool {
		said := 0
		for _, one := range s.Neighbors {
			if one.State != status.Established && strings.Contains(one.LastError, `Cease/Administrative Shutdown (6/2), with the message "evil`) {
				said++
			}
		}
		return said == len(texts)
	})
	n.sound(t, "sessions are down")
}

// says waits until the status says something, and is true about the node at any time: FRR answers, and runs what is
// declared.
func (n *node) says(what string, so func(*v1.BGPNodeStatusData) bool) time.Duration {
	n.Helper()
	var last v1.BGPNodeStatus
	return n.Until("the status says: "+what, func() bool {
		s, err := n.Report()
		if err != nil || s.Status.RIB == nil || s.Status.NetlinkImport == nil {
			return false
		}
		last = s
		for _, c := range s.Status.Conditions {
			if c.Type == status.FRRReachable && c.Status != metav1.ConditionTrue {
				n.Fatalf("%s: %s", c.Reason, c.Message)
			}
		}
		return so(&s.Status)
	}, func() any { return fmt.Sprintf("%+v", last.Status.Neighbors) })
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// memory is the most that the agent has ever needed, in kB.
func (n *node) memory(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.Process("agent").PID()))
	if err != nil {
		t.Fatal(err)
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s", text)
	}
	kB, _ := strconv.Atoi(string(m[1]))
	t.Logf("the agent has needed %d kB at most", kB)
	return kB
}

// run runs a program on the node, and returns what it prints, whether it succeeds or not.
func (n *node) run(program string, args ...string) string {
	ctx, cancel := context.WithTimeout(n.Context(), patience)
	defer cancel()
	out, err := n.Exec(ctx, "env", append([]string{"FRR_SOCKET_DIR=" + n.FRR.SocketDir, program}, args...)...)
	if err != nil {
		out += err.Error()
	}
	return out
}
