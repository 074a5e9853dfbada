package screens

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// may makes a user who may list and watch some resources in all namespaces, and
// returns a kubeconfig.
func may(t *testing.T, user string, rules map[string]string) string {
	t.Helper()
	admin, err := kubernetes.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: user}}
	for resource, group := range rules {
		role.Rules = append(role.Rules, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{resource}, Verbs: []string{"list", "watch"}})
	}
	if _, err := admin.RbacV1().ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: user},
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: user}, Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, Name: user}}}
	if _, err := admin.RbacV1().ClusterRoleBindings().Create(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	config, err := server.ConfigFor(user)
	if err != nil {
		t.Fatal(err)
	}
	file, err := server.KubeconfigFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var bgp = v1.GroupVersion.Group

// clients may do everything.
func clients(t *testing.T) *client.Clientset {
	t.Helper()
	c, err := client.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// report makes a status that was written now: as of a node with one session, and
// one address.
func report(node, state string) v1.BGPNodeStatusData {
	now := metav1.NewTime(time.Now().Truncate(time.Second))
	s := v1.BGPNodeStatusData{
		NodeName: node, RouterID: "10.0.0.1", ASN: 65000, LastUpdated: &now, HeartbeatSeconds: 60, NeighborCount: 1, Healthy: state == "Established",
		Configuration: &v1.ConfigurationOnNode{Generation: 1, Declared: 1},
		Neighbors:     []v1.NeighborStatus{{Address: "10.1.0.1", PeerASN: 64512, LocalASN: 65000, State: state}},
		NetlinkImport: &v1.NetlinkImportStatus{Enabled: true, TotalImported: 1, Interfaces: []v1.ImportInterfaceStatus{{Name: "kube-lb0", Exists: true, OperState: "up"}},
			ImportedAddresses: []v1.ImportedAddress{{Address: "10.200.0.5/24", Interface: "kube-lb0", InRIB: true}}},
		RIB: &v1.RIBStatus{LocalRouteCount: 1, LocalRoutes: []v1.RIBRoute{{Prefix: "10.200.0.0/24", NextHop: "0.0.0.0", AdvertisedTo: []string{"10.1.0.1"}}}},
	}
	if state == "Established" {
		s.EstablishedCount, s.Neighbors[0].SessionUpSince = 1, &now
	} else {
		s.Neighbors[0].LastError, s.RIB.LocalRoutes[0].AdvertisedTo = "connection refused: check that BGP runs on the peer", nil
	}
	return s
}

// write has a node report.
func write(ctx context.Context, c *client.Clientset, node, state string) error {
	statuses := c.BGPNodeStatuses()
	o := &v1.BGPNodeStatus{ObjectMeta: metav1.ObjectMeta{Name: node}}
	if _, err := statuses.Create(ctx, o, metav1.CreateOptions{}); err != nil && !strings.Contains(err.Error(), "already exists") {
		return err
	}
	patch, err := json.Marshal(map[string]any{"status": report(node, state)})
	if err != nil {
		return err
	}
	_, err = statuses.Patch(ctx, node, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

// all writes as many as there are workers, and takes them away with the test.
func all(t *testing.T, c *client.Clientset, nodes int) (names []string) {
	t.Helper()
	var g errgroup.Group
	g.SetLimit(16)
	for i := range nodes {
		name := fmt.Sprintf("worker-%d", i+1)
		names = append(names, name)
		g.Go(func() error { return write(t.Context(), c, name, "Established") })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := c.BGPNodeStatuses().DeleteCollection(context.Background(), metav1.DeleteOptions{}, metav1.ListOptions{})
		if err != nil {
			t.Error(err)
		}
	})
	return names
}

// k8frr runs a command, and returns what it says and its status.
func k8frr(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin+"/k8frr", args...)
	var out, err strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &err
	cmd.Env = append(os.Environ(), "KUBECONFIG=/nowhere", "COLUMNS=80")
	_ = cmd.Run() // the status says it
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

const services = `
{apiVersion: v1, kind: Namespace, metadata: {name: purelb-system}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default, annotations: {purelb.io/allocated-by: PureLB, purelb.io/pool-type: remote}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: inner, namespace: default}, spec: {type: ClusterIP, ports: [{port: 80}]}}
---
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec: {global: {asn: 65000}, neighbors: [{config: {neighborAddress: 10.1.0.1, peerAsn: 64512}}]}
`

// What a user may not read is done without, and said.
func TestRights(t *testing.T) {
	c := clients(t)
	if err := server.Apply(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Kubectl(t.Context(), "patch", "service", "web", "--subresource=status", "--type=merge", "-p", `{"status":{"loadBalancer":{"ingress":[{"ip":"10.200.0.5"}]}}}`); err != nil {
		t.Fatal(err)
	}
	all(t, c, 3)
	whole := may(t, "whole", map[string]string{"bgpnodestatuses": bgp, "configs": bgp, "services": ""})
	for _, tc := range []struct {
		kubeconfig, command string
		status              int
		says, notes         string
	}{
		{whole, "status --check", 0, "generation 1 of purelb-system/default runs on 3 of 3 nodes", ""},
		{whole, "sessions --check", 0, "3 sessions: 3 established", ""},
		{whole, "dataplane default/web --check", 0, "Service    default/web", ""},
		{whole, "node worker-2 --check", 0, "10.200.0.5/24  default/web", ""},
		{whole, "sessions -l rack=1", 2, "", "--selector reads the labels of Nodes, which failed"},
		{whole, "node worker-9", 2, "", "there is no BGPNodeStatus of node worker-9 in the cluster"},
		{may(t, "without-services", map[string]string{"bgpnodestatuses": bgp, "configs": bgp}), "dataplane --check", 0, "10.200.0.5  ?", "note: Services cannot be read, so VIPs are shown without them"},
		{may(t, "without-configuration", map[string]string{"bgpnodestatuses": bgp, "services": ""}), "status --check", 0, "generation 1 runs on 3 of 3 nodes", "note: the BGPConfiguration cannot be read"},
		{may(t, "without-rights", nil), "status --check", 2, "", "error: reading the BGPNodeStatuses of the cluster: bgpnodestatuses.bgp.purelb.io is forbidden"},
		{may(t, "with-nodes", map[string]string{"bgpnodestatuses": bgp, "configs": bgp, "services": "", "nodes": ""}), "sessions -l rack=1", 0, "0 sessions", ""},
		{"/nowhere", "status", 2, "", "nowhere"},
	} {
		args := append(strings.Fields(tc.command), "--kubeconfig", tc.kubeconfig)
		out, notes, status := k8frr(t, args...)
		if status != tc.status || !strings.Contains(out, tc.says) || !strings.Contains(notes, tc.notes) || (tc.notes == "") != (notes == "") {
			t.Errorf("k8frr %s: status %d\n%s%s", tc.command, status, out, notes)
		}
	}

	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	if out, err := server.Kubectl(t.Context(), "k8frr", "status"); err != nil || !strings.Contains(out, "3 of 3 nodes") {
		t.Errorf("kubectl k8frr status: %v\n%s", err, out)
	}
	if out, _, status := k8frr(t, "status", "--status-file", "/nowhere/status.yaml"); status != 2 {
		t.Errorf("without the file of an agent: status %d: %s", status, out)
	}
}

// Of many nodes that change, watch shows everything, and draws what has changed
// only; a server that goes away is told, and what comes back seen.
func TestWatchACluster(t *testing.T) {
	c := clients(t)
	if err := server.Apply(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	names := all(t, c, *nodes)
	kubeconfig := may(t, "watcher", map[string]string{"bgpnodestatuses": bgp, "configs": bgp, "services": ""})
	tm := open(t, 200, 50, "k8frr watch --kubeconfig "+kubeconfig)
	well := fmt.Sprintf("%d nodes: %d ok", *nodes, *nodes)
	tm.shows(well)

	began := time.Now()
	if err := write(t.Context(), c, "worker-7", "Active"); err != nil {
		t.Fatal(err)
	}
	tm.await("the session of worker-7 down", func(screen string) bool {
		return strings.Contains(screen, "1 with problems") && strings.Contains(screen, "> worker-7 ") && strings.Contains(screen, "1 problem ")
	})
	t.Logf("a change shows after %s", time.Since(began).Round(time.Millisecond))

	before := len(tm.written())
	began = time.Now()
	var g errgroup.Group
	g.SetLimit(8)
	for _, name := range names[:*nodes/2] {
		g.Go(func() error { return write(t.Context(), c, name, "Established") })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	tm.shows(well)
	took, written := time.Since(began), len(tm.written())-before
	t.Logf("%d nodes reported in %s: %d bytes were written to the terminal", *nodes/2, took.Round(time.Millisecond), written)
	// A screen is 10 kB. It is not written again for each of them.
	if bound := 20_000 * (1 + int(took/time.Second)); written > bound {
		t.Errorf("%d bytes in %s", written, took)
	}
	if n := strings.Count(tm.written()[before:], "\x1b[2J"); n > 0 {
		t.Errorf("the screen was cleared %d times, which flickers", n)
	}

	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	tm.shows("what is shown is old: the API server has not answered since")
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := write(t.Context(), c, "worker-5", "Active"); err != nil {
		t.Fatal(err)
	}
	tm.await("worker-5 down, and no complaint", func(screen string) bool {
		return strings.Contains(screen, "worker-5 ") && strings.Contains(screen, "1 down") && strings.Contains(screen, "enter open")
	})
	tm.keys("q")
	tm.shows("[status 0]")
}
