//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	rows    = 16
	perNode = 64 // neighbors; 1,024 of all rows, as many as an object may have
)

// write makes the files of a cluster: nodes.yaml as kubectl prints nodes, one
// document each; old.yaml and new.yaml, a configuration and a change of it that
// every row feels.
func write(dir string, nodes int) error {
	files := map[string]string{
		"nodes.yaml": nodeList(nodes),
		"old.yaml":   configuration("9", "65000:1"),
		"new.yaml":   configuration("30", "65000:2"),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func nodeList(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `---
apiVersion: v1
kind: Node
metadata:
  name: worker-%05[1]d
  annotations:
    csi.volume.kubernetes.io/nodeid: '{"csi.example.com":"worker-%05[1]d"}'
    node.alpha.kubernetes.io/ttl: "0"
    volumes.kubernetes.io/controller-managed-attach-detach: "true"
  labels:
    beta.kubernetes.io/arch: amd64
    kubernetes.io/arch: amd64
    kubernetes.io/hostname: worker-%05[1]d
    kubernetes.io/os: linux
    topology.kubernetes.io/zone: row-%[2]d
spec:
  podCIDR: 10.%[3]d.%[4]d.0/24
  podCIDRs: [10.%[3]d.%[4]d.0/24]
status:
  addresses:
  - address: 172.16.%[5]d.%[6]d
    type: InternalIP
  - address: worker-%05[1]d
    type: Hostname
`, i, i%rows, 100+i/250, i%250, i/250, 1+i%250)
	}
	return out.String()
}

// configuration has policies, a peer group, and neighbors for each row.
func configuration(holdTime, community string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  definedSets:
  - type: prefix
    name: services
    prefixes: [{ipPrefix: 10.200.0.0/16, maskLengthMin: 16, maskLengthMax: 32}]
  - {type: community, name: drained, list: ["65000:99"]}
  policyDefinitions:
  - name: out
    statements:
    - {conditions: {prefixSet: {name: services}}, actions: {routeAction: accept, community: {type: add, communities: ["%s"]}}}
  - name: in
    statements:
    - {conditions: {communitySet: {name: drained}}, actions: {routeAction: reject}}
  peerGroups:
  - config: {peerGroupName: tors, peerAsn: 65001}
    applyPolicy:
      importPolicy: {policies: [in]}
      exportPolicy: {policies: [out], defaultAction: reject}
  neighbors:
`, community)
	for row := range rows {
		for n := range perNode {
			fmt.Fprintf(&out, `  - config: {neighborAddress: 10.%d.%d.%d, peerGroup: tors, description: router %d of row %[1]d}
    nodeSelector: {matchLabels: {topology.kubernetes.io/zone: row-%[1]d}}
    timers: {holdTime: %[5]s, keepaliveInterval: 3}
`, row, n/8, n%8+1, n, holdTime)
		}
	}
	return out.String()
}
