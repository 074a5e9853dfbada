package crd

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// page is the first example of PureLB's public documentation.
const page = `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata:
  name: default
  namespace: purelb-system
spec:
  global:
    asn: 65000
    routerID: ""
    listenPort: 179
    families:
    - "ipv4-unicast"
    - "ipv6-unicast"
  netlinkImport:
    enabled: true
    interfaceList:
    - "kube-lb0"
  neighbors:
  - config:
      neighborAddress: "192.0.2.1"
      peerAsn: 65001
      description: "Upstream BGP router"
    afiSafis:
    - family: "ipv4-unicast"
      enabled: true
    - family: "ipv6-unicast"
      enabled: true
`

func TestPage(t *testing.T) {
	if err := server.Apply(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"config", "configs", "bgpconfig", "bgpconfiguration", "bgpconfigurations"} {
		row := table(t, "get", name, "-n", "purelb-system", "default")
		if row["ASN"] != "65000" {
			t.Errorf("kubectl get %s: ASN %q, want 65000", name, row["ASN"])
		}
	}
}

// TestExplain types what the page tells users to type.
func TestExplain(t *testing.T) {
	for path, fields := range map[string][]string{
		"bgpconfiguration.spec":               {"global", "neighbors", "netlinkImport"},
		"bgpconfiguration.spec.neighbors":     {"config", "nodeSelector", "afiSafis", "timers", "authPasswordSecretRef"},
		"bgpconfiguration.spec.netlinkImport": {"enabled", "interfaceList"},
		"bgpconfigurations.spec.global":       {"asn", "routerID"},
		"bgpconfig.spec.neighbors.timers":     {"holdTime", "keepaliveInterval", "config"},
		"bgpnodestatus.status":                {"nodeName", "neighbors", "healthy"},
	} {
		t.Run(path, func(t *testing.T) {
			out := kubectl(t, "explain", path)
			if strings.Contains(out, "<no description>") && strings.Contains(out, "DESCRIPTION:\n    <empty>") {
				t.Errorf("has no description:\n%s", out)
			}
			for _, field := range fields {
				if !strings.Contains(out, "\n  "+field+"\t") {
					t.Errorf("does not list %s:\n%s", field, out)
				}
			}
		})
	}
}

func TestColumns(t *testing.T) {
	if err := server.Apply(t.Context(), strings.Replace(page, "name: default", "name: columns", 1)); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "patch", "bgpconfig", "columns", "-n", "purelb-system", "--subresource=status", "--type=merge", "-p", `{"status": {
		"neighborCount": 1,
		"conditions": [{"type": "Ready", "status": "False", "reason": "ReconcileFailed", "message": "", "lastTransitionTime": "2024-01-02T03:04:05Z"}]}}`)
	expect(t, table(t, "get", "bgpconfig", "-n", "purelb-system", "columns"), map[string]string{
		"NAME": "columns", "ASN": "65000", "NEIGHBORS": "1", "READY": "False",
	})

	if err := server.Apply(t.Context(), "{apiVersion: bgp.purelb.io/v1, kind: BGPNodeStatus, metadata: {name: worker-1}}"); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "patch", "bgpnodestatus", "worker-1", "--subresource=status", "--type=merge", "-p", `{"status": {
		"nodeName": "worker-1", "routerID": "10.255.26.34", "asn": 4294967295, "healthy": false,
		"lastUpdated": "2024-01-02T03:04:05Z", "heartbeatSeconds": 60,
		"neighborCount": 2, "establishedCount": 1, "neighbors": [],
		"rib": {"localRouteCount": 7, "receivedRouteCount": 0}}}`)
	// As the page has it: the namespace is allowed, though nodes have none.
	expect(t, table(t, "get", "bgpnodestatus", "-n", "purelb-system"), map[string]string{
		"NAME": "worker-1", "NODE": "worker-1", "ROUTERID": "10.255.26.34", "HEALTHY": "false", "NEIGHBORS": "2",
	})
}

// table reads the one row that kubectl get prints, by column.
func table(t *testing.T, args ...string) map[string]string {
	t.Helper()
	out := kubectl(t, args...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("kubectl %v: want a head and a row:\n%s", args, out)
	}
	head, row := lines[0], lines[1]
	columns := strings.Fields(head)
	cells := map[string]string{}
	for i, column := range columns {
		start, end := strings.Index(head, column), len(row)
		if i+1 < len(columns) {
			end = strings.Index(head, columns[i+1])
		}
		cells[column] = strings.TrimSpace(row[start:end])
	}
	return cells
}

func expect(t *testing.T, row, want map[string]string) {
	t.Helper()
	for column, value := range want {
		if got, ok := row[column]; !ok {
			t.Errorf("no column %s among %v", column, slices.Sorted(maps.Keys(row)))
		} else if got != value {
			t.Errorf("%s is %q, want %q", column, got, value)
		}
	}
}
