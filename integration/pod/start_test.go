//go:build linux

package pod

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
`

// kubernetesNode is the Node object of the machine.
const kubernetesNode = `---
apiVersion: v1
kind: Node
metadata: {name: node-a}
status:
  addresses: [{type: InternalIP, address: 10.1.0.2}]
`

// beside is a node cabled to a router that only listens.
func beside(t *testing.T, version lab.Version) (*node, *listener.Listener) {
	t.Helper()
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24"), router.Port("eth0", "10.1.0.1/24"))
	heard := router.Listen(listener.Config{ASN: 65001})
	return newNode(t, host, version.Name), heard
}

// running is a node whose pod has announced a service address.
func running(t *testing.T, version lab.Version, configuration string) (*node, *listener.Listener) {
	t.Helper()
	n, heard := beside(t, version)
	n.declare(configuration + kubernetesNode)
	n.AddAddress("kube-lb0", "10.9.9.9/32")
	n.startPod()
	n.Hears(heard, "10.9.9.9/32")
	n.ready()
	return n, heard
}

// From nothing to an announced address, with the rights that the manifest gives and no others.
func TestFromNothing(t *testing.T) {
	t.Parallel()
	for version, made := range images {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			announces(t, made)
		})
	}
	if *everyVersion {
		t.Run("image and all", func(t *testing.T) {
			t.Parallel()
			n := announces(t, wholeImage(t))
			n.startPod()
			n.ready()
			for _, argv := range [][]string{{"k8frr", "--help"}, {"kubectl-k8frr", "--help"}, {"gobgp", "--help"}} {
				n.agent.must(argv...)
			}
		})
	}
}

// announces has the pod of an image announce an address, and end.
func announces(t *testing.T, made image) *node {
	n, heard := beside(t, lab.FRR103)
	n.image = made
	n.declare(configuration + kubernetesNode)
	n.AddAddress("kube-lb0", "10.9.9.9/32")
	began := time.Now()
	n.startPod()
	n.Hears(heard, "10.9.9.9/32")
	events := heard.Since(0)
	t.Logf("the first address is announced %v after the pod's start", events[len(events)-1].At.Sub(began).Round(time.Millisecond))
	n.ready()
	n.frr.must("k8frr-frr", "health")
	n.agent.must("test", "-s", "/usr/share/doc/k8frr/LICENSE", "-a", "-s", "/usr/share/doc/k8frr/THIRD_PARTY_LICENSES")

	// Nobody has more than the manifest says: the agent nothing, the keeper what it starts daemons with, these what they keep.
	for pid, want := range map[int]string{n.agent.first(): "0000000000000000", n.frr.first(): "00000000002034c0"} {
		if got := statusOf(t, pid, "CapBnd:"); got != want {
			t.Errorf("process %d has the bounding set %s, not %s", pid, got, want)
		}
		if got := statusOf(t, pid, "NoNewPrivs:"); got != "1" {
			t.Errorf("process %d may gain privileges: %s", pid, got)
		}
	}
	if got := statusOf(t, n.agent.first(), "CapEff:"); got != "0000000000000000" {
		t.Errorf("the agent has capabilities: %s", got)
	}
	if got := statusOf(t, n.frr.daemon("bgpd"), "Uid:"); !strings.HasPrefix(got, "17473") {
		t.Errorf("bgpd runs as %s", got)
	}
	for _, c := range []*container{n.agent, n.frr} {
		ctx, cancel := n.Deadline()
		if _, err := c.exec(ctx, "touch", "/usr/bin/new"); err == nil {
			t.Errorf("container %s can change its programs", c.spec.Name)
		}
		cancel()
	}
	// What may have passwords in it is for FRR's user alone.
	if got := n.agent.must("stat", "-c", "%U %a", "/etc/frr/frr.conf"); got != "frr 600\n" {
		t.Errorf("frr.conf is %s", got)
	}
	// No daemon can be reached but over its socket, and BGP.
	sockets := n.frr.must("cat", "/proc/net/tcp", "/proc/net/tcp6")
	for line := range strings.Lines(sockets) {
		words := strings.Fields(line)
		const listens = "0A"
		if len(words) < 4 || words[3] != listens {
			continue
		}
		if port := words[1][strings.LastIndexByte(words[1], ':')+1:]; port != "00B3" && port != "1D31" && port != "1D32" {
			t.Errorf("something listens on port 0x%s", port)
		}
	}
	for _, unexpected := range []string{"RestartNeeded", "the file daemons has changed", "died"} {
		if log := n.agent.log() + n.frr.log(); strings.Contains(log, unexpected) {
			t.Errorf("a log says %q:\n%s", unexpected, log)
		}
	}

	n.stopPod()
	if last := heard.Events()[heard.Mark()-2]; last.Kind != listener.NotificationReceived {
		t.Errorf("the router was not told of the end: %v", last)
	}
	for _, c := range []*container{n.agent, n.frr} {
		if err := c.process.Err(); err != nil {
			t.Errorf("container %s: %v", c.spec.Name, err)
		}
	}
	return n
}

// statusOf is a line of /proc/PID/status.
func statusOf(t *testing.T, pid int, name string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	t.Fatalf("process %d has no %s", pid, name)
	return ""
}
