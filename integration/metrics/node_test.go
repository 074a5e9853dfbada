//go:build linux

package metrics

import (
	"bufio"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

var program string

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "4") // unless the command line says otherwise: a test mostly waits
	flag.Parse()
	os.Exit(lab.WithAgent(&program, m.Run))
}

// objects have a neighbor for each state. connectRetry is short where something has to happen.
const objects = `apiVersion: v1
kind: Node
metadata: {name: node-a}
status: {addresses: [{type: InternalIP, address: 10.1.0.2}]}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: purelb-system}
stringData: {password: not-to-be-seen}
---
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system, generation: 3}
spec:
  global: {asn: 65001}
  peerGroups:
  - config: {peerGroupName: rack, peerAsn: 65020}
  dynamicNeighbors:
  - {prefix: 10.1.1.0/24, peerGroup: rack}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65000}
    timers: {connectRetry: 1, holdTime: 9, keepaliveInterval: 2}
    afiSafis: [{family: ipv4-unicast, prefixLimit: {maxPrefixes: 10}}]
  - config: {neighborAddress: 10.1.0.4, peerAsn: 65099}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.1.0.5, peerAsn: 65005, authPasswordSecretRef: {name: bgp}}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.1.0.6, peerAsn: 65006, adminDown: true}
  - config: {neighborAddress: 10.1.0.8, peerAsn: 65008}
    timers: {connectRetry: 1}
    afiSafis: [{family: ipv4-unicast, prefixLimit: {maxPrefixes: 2}}]
  - config: {neighborAddress: 10.99.0.1, peerAsn: 65099}
    ebgpMultihop: {enabled: true, multihopTtl: 3}
  - config: {neighborAddress: 10.1.0.16, peerAsn: 65016}
    transport: {passiveMode: true}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
`

// node is a node with an agent, and its peers.
type node struct {
	*machine.Node
	tor *listener.Listener
}

func newNode(t *testing.T, version lab.Version) *node {
	t.Helper()
	l := lab.New(t)
	host := l.Host("node-a")
	lan := l.LAN(host.Port("eth0", "10.1.0.2/24", "10.1.1.2/24"))
	listen := func(name, address string, config listener.Config, routes ...string) *listener.Listener {
		h := l.Host(name)
		lan.Attach(h.Port("eth0", address+"/24"))
		ln := h.Listen(config)
		for _, r := range routes {
			if err := ln.Announce(listener.Route{Prefix: netip.MustParsePrefix(r)}); err != nil {
				t.Fatal(err)
			}
		}
		return ln
	}
	n := &node{tor: listen("tor", "10.1.0.1", listener.Config{ASN: 65000}, "20.0.0.0/24", "20.0.1.0/24")}
	listen("wrong-as", "10.1.0.4", listener.Config{ASN: 65004})
	listen("refusing", "10.1.0.5", listener.Config{ASN: 65005, Passwords: map[netip.Addr]string{netip.MustParseAddr("10.1.0.2"): "not-to-be-seen"}}).Reject(2, 2)
	listen("too-much", "10.1.0.8", listener.Config{ASN: 65008}, "30.0.0.0/24", "30.0.1.0/24", "30.0.2.0/24", "30.0.3.0/24", "30.0.4.0/24")
	dynamic := listen("dynamic", "10.1.1.20", listener.Config{ASN: 65020})
	host.KubeLB("kube-lb0")
	host.AddAddress("kube-lb0", "10.200.0.5/24")
	n.Node = machine.New(machine.Wait{TB: t, Patience: 2 * time.Minute, Rest: time.Second}, host, version, program,
		"--compat-metrics", "--resync", "3s")
	n.Write("objects.yaml", objects)
	n.StartAgent()
	n.Until("a peer connects from a range", func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		if len(dynamic.Established()) == 0 {
			_ = dynamic.Dial(ctx, netip.MustParseAddrPort("10.1.1.2:179"))
			time.Sleep(500 * time.Millisecond) // in which FRR answers, or refuses
		}
		return n.read().value("k8frr_bgp_dynamic_sessions_established{vrf=default}") == 1
	})
	return n
}

// samples are what an agent shows: values by name and labels, sorted and without quotes: name{a=b,c=d}.
type samples struct {
	text   string
	values map[string]float64
}

var sample = regexp.MustCompile(`^(\w+)(?:\{(.*)\})? (\S+)$`)

// read asks the agent; there is nothing while it does not answer.
func (n *node) read() samples {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	status, body, err := n.Get(ctx, "http://127.0.0.1:7473/metrics")
	if err != nil || status != 200 {
		return samples{}
	}
	s := samples{body, map[string]float64{}}
	for scanner := bufio.NewScanner(strings.NewReader(body)); scanner.Scan(); {
		m := sample.FindStringSubmatch(scanner.Text())
		if m == nil {
			continue
		}
		name := m[1]
		if m[2] != "" {
			name += "{" + strings.ReplaceAll(m[2], `"`, "") + "}"
		}
		s.values[name], _ = strconv.ParseFloat(m[3], 64)
	}
	return s
}

// value is -1 for what is not there.
func (s samples) value(name string) float64 {
	if v, ok := s.values[name]; ok {
		return v
	}
	return -1
}

// names are the names of the families.
func (s samples) names() map[string]bool {
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\w+) (\w+)$`).FindAllStringSubmatch(s.text, -1) {
		names[m[1]] = true
		if m[2] == "histogram" {
			names[m[1]+"_bucket"], names[m[1]+"_sum"], names[m[1]+"_count"] = true, true, true
		}
	}
	return names
}

// shows waits until the agent shows these values; -1 stands for none.
func (n *node) shows(what string, want map[string]float64) {
	n.Helper()
	n.compares(what, want, "not", func(got, want float64) bool { return got == want })
}

// reaches waits until the agent shows values that are at least these, and returns all that it shows then.
func (n *node) reaches(what string, least map[string]float64) samples {
	n.Helper()
	return n.compares(what, least, "not at least", func(got, least float64) bool { return got >= least })
}

// compares waits until all values of one sample are as they should be, and returns that sample.
func (n *node) compares(what string, want map[string]float64, not string, so func(got, want float64) bool) samples {
	n.Helper()
	var wrong []string
	var s samples
	n.Until(what, func() bool {
		s = n.read()
		wrong = nil
		for name, v := range want {
			if got := s.value(name); !so(got, v) {
				wrong = append(wrong, fmt.Sprintf("%s is %g, %s %g", name, got, not, v))
			}
		}
		return len(wrong) == 0
	}, func() any {
		return strings.Join(wrong, "\n") + "\n" + regexp.MustCompile(`(?m)^(#|go_|process_).*\n`).ReplaceAllString(s.text, "")
	})
	return s
}
