//go:build linux

package incluster

import (
	_ "embed"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
)

// From an empty cluster to an announced service address: what a user types, and what a user then sees.
func TestFromNothing(t *testing.T) {
	page, err := os.ReadFile("../../deploy/samples/basic.yaml") // of the public documentation
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, shared)
			heard := s.router("192.0.2.1")
			n := s.node("1", version, nil)
			n.start()
			n.condition("ConfigurationApplied", metav1.ConditionFalse, "NoConfiguration")
			if code, body := n.get("7474/healthz"); code != 200 {
				t.Errorf("/healthz without a configuration: %d %s", code, body)
			}
			if code, body := n.get("7474/readyz"); code != 503 || !strings.Contains(body, "NoConfiguration") {
				t.Errorf("/readyz without a configuration: %d %s", code, body)
			}

			began := time.Now()
			s.must(s.apply(string(page)))
			applied := time.Since(began)
			n.established(heard)
			t.Logf("kubectl apply took %v, the session is up after %v", applied.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
			began = time.Now()
			n.add("10.9.9.9/32")
			n.add("fd00:9::9/128")
			n.announces(heard, "10.9.9.9/32", "fd00:9::9/128")
			t.Logf("both service addresses are announced after %v", time.Since(began).Round(time.Millisecond))

			s.eventually("/readyz turns ready", func() bool { code, _ := n.get("7474/readyz"); return code == 200 })
			object := n.reports("everything works", func(s *v1.BGPNodeStatusData) bool {
				return s.Healthy && s.RIB != nil && s.RIB.LocalRouteCount == 2
			})
			n.checkOwner(object)
			if got := object.Status; got.RouterID != "192.0.2.11" || got.RouterIDSource != "node-ipv4" || got.ASN != 65000 ||
				got.NeighborCount != 1 || got.EstablishedCount != 1 || got.NetlinkImport.TotalImported != 2 {
				t.Errorf("the status: %+v", got)
			}
			columns := s.kubectl("get", "bgpnodestatus", n.name)
			t.Logf("kubectl get bgpnodestatus\n%s", columns)
			header, line, _ := strings.Cut(columns, "\n")
			if got, want := strings.Join(strings.Fields(header), " "), "NAME NODE ROUTERID HEALTHY NEIGHBORS ESTABLISHED PREFIXES LASTUPDATED AGE"; got != want {
				t.Errorf("columns %q, not %q", got, want)
			}
			if got, want := strings.Join(strings.Fields(line)[:7], " "), strings.Join([]string{n.name, n.name, "192.0.2.11 true 1 1 2"}, " "); got != want {
				t.Errorf("line %q, not %q", got, want)
			}
			_, measured := n.get("7473/metrics")
			for _, line := range []string{
				`k8frr_bgp_session_up{neighbor="192.0.2.1",peer_asn="65001",vrf="default"} 1`, `k8frr_configuration_applied 1`,
				`k8frr_configuration_generation 1`, `k8frr_frr_reachable{daemon="bgpd"} 1`, `k8frr_imported_addresses 2`,
				`k8frr_prefixes_in_rib 2`, `k8frr_status_writes_total{result="error"} 0`,
			} {
				if !strings.Contains(measured, line+"\n") {
					t.Errorf("/metrics has no %s", line)
				}
			}
		})
	}
}

// checkOwner makes sure that a status belongs to the Node as it is now.
func (n *node) checkOwner(object *v1.BGPNodeStatus) {
	n.Helper()
	uid := n.kubectl("get", "node", n.name, "-o", "jsonpath={.metadata.uid}")
	if owners := object.OwnerReferences; len(owners) != 1 || string(owners[0].UID) != uid || owners[0].Kind != "Node" ||
		owners[0].Name != n.name || owners[0].Controller != nil || owners[0].BlockOwnerDeletion != nil {
		n.Errorf("the owners of the status are %+v, not the Node with UID %s alone", owners, uid)
	}
}

// The commands of the public documentation answer.
func TestExplain(t *testing.T) {
	t.Parallel()
	for resource, want := range map[string]string{
		"bgpconfiguration.spec":               "netlinkImport",
		"bgpconfiguration.spec.neighbors":     "nodeSelector",
		"bgpconfiguration.spec.netlinkImport": "interfaceList",
		"bgpnodestatus.status":                "neighborCount",
	} {
		out, err := shared.Kubectl(t.Context(), "explain", resource)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out, want) || !strings.Contains(out, "DESCRIPTION:") {
			t.Errorf("kubectl explain %s does not explain %s:\n%s", resource, want, out)
		}
		if resource == "bgpconfiguration.spec.neighbors" {
			t.Logf("kubectl explain %s\n%s", resource, strings.Join(strings.Split(out, "\n")[:12], "\n"))
		}
	}
}
