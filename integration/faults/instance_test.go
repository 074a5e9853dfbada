//go:build linux

package faults

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

const beforeInstance = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system, generation: 1}
spec:
  global: {asn: 65000, routerID: 192.0.2.9, gracefulRestart: {enabled: true, restartTime: 70}}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.1.1, peerAsn: 65001}
    timers: {connectRetry: 1}
`

// instanceLines are settings of the instance, with the line that bgpd does not take. Without a part the configuration cannot do
// without the line.
var instanceLines = []struct{ global, line, part, field string }{
	{"routeSelectionOptions: {alwaysCompareMed: true}", "bgp always-compare-med", "router bgp / bgp always-compare-med", "spec.global.routeSelectionOptions.alwaysCompareMed"},
	{"routeSelectionOptions: {externalCompareRouterID: true}", "bgp bestpath compare-routerid", "router bgp / bgp bestpath compare-routerid",
		"spec.global.routeSelectionOptions.externalCompareRouterID"},
	{"useMultiplePaths: true", "bgp bestpath as-path multipath-relax", "router bgp / bgp bestpath as-path multipath-relax", "spec.global.useMultiplePaths"},
	{"restartTime: 77", "bgp graceful-restart restart-time 77", "router bgp / bgp graceful-restart restart-time", "spec.global.gracefulRestart"},
	{"defaultRouteDistance: {externalRouteDistance: 77, internalRouteDistance: 78}", "distance bgp 77 78 200", "router bgp / address-family ipv4 unicast / distance bgp",
		"spec.global.defaultRouteDistance"},
	{"confederation: {enabled: true, identifier: 64900, memberAsList: [65002]}", "bgp confederation peers 65002", "", ""},
}

// Of an instance bgpd does not take a line about the choice among paths or a restart: the line alone is left out, the rest runs,
// and the session does not end. A line that makes the instance another speaker is not left out: the last configuration runs on.
func TestInstanceLines(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, version)
			n.declare(beforeInstance, nil)
			n.startAgent()
			n.up(patience, steady)
			for _, c := range instanceLines {
				n.wire.refuses(nil)
				n.declare(beforeInstance, nil)
				n.eventually("the configuration runs", patience, n.runs)
				mark := n.heard.Mark()
				n.wire.refuses(func(command string) bool { return command == c.line })
				text, instead := strings.Replace(beforeInstance, "routerID: 192.0.2.9", "routerID: 192.0.2.9, "+c.global, 1), "Nothing"
				if strings.HasPrefix(c.global, "restartTime") {
					text, instead = strings.Replace(beforeInstance, "restartTime: 70", c.global, 1), "Previous"
				}
				n.declare(strings.Replace(text, "peerAsn: 65001", "peerAsn: 65001, description: rest", 1), nil)
				if c.part == "" {
					n.eventually("it is refused as a whole", patience, func() bool { return n.applied().Reason == "RefusedByFRR" })
					if strings.Contains(n.show("bgpd"), "description rest") {
						t.Errorf("%s is refused, and the rest runs", c.line)
					}
				} else {
					n.eventually(c.line+" is left out", patience, func() bool { return n.leftOut(c.part, c.field, instead) })
					if running := n.show("bgpd"); !strings.Contains(running, "description rest") || strings.Contains(running, c.line) {
						t.Errorf("without %s there runs\n%s", c.line, running)
					}
				}
				for _, e := range n.heard.Since(mark) {
					if e.Kind == listener.Down && c.part != "" {
						t.Errorf("%s: %v", c.line, e)
					}
				}
			}
		})
	}
}

// leftOut reports whether the configuration that was written last runs without a part.
func (n *node) leftOut(part, field, instead string) bool {
	var s v1.BGPNodeStatus
	text, err := os.ReadFile(n.status)
	if err != nil || yaml.UnmarshalStrict(text, &s) != nil || s.Status.Configuration == nil || s.Status.Configuration.Generation != int64(n.number) {
		return false
	}
	return slices.ContainsFunc(s.Status.Configuration.LeftOut, func(l v1.LeftOutPart) bool {
		return l.Part == part && l.Field == field && l.Instead == instead
	})
}
