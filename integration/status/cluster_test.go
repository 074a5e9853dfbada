//go:build linux

package status

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// permissions are all that writing needs.
const permissions = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: status}
rules:
- {apiGroups: [bgp.purelb.io], resources: [bgpnodestatuses], verbs: [get, create, patch]}
- {apiGroups: [bgp.purelb.io], resources: [bgpnodestatuses/status], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: status}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: status}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: agent}]
`

// cluster is a real API server, an administrator of it, and an agent that may do no more than it must.
type cluster struct {
	server       *apiserver.Server
	admin, agent *client.Clientset
}

func TestCluster(t *testing.T) {
	c := cluster{server: apiserver.Start(t)}
	ctx := within(t, 2*time.Minute)
	if err := c.server.ApplyCRDs(ctx, "../../deploy/crd"); err != nil {
		t.Fatal(err)
	}
	if err := c.server.Apply(ctx, permissions); err != nil {
		t.Fatal(err)
	}
	config, err := c.server.ConfigFor("agent")
	if err != nil {
		t.Fatal(err)
	}
	if c.agent, err = client.New(config); err != nil {
		t.Fatal(err)
	}
	if c.admin, err = client.New(c.server.Config()); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]func(*testing.T, cluster, string){
		"new":           testNew,
		"changes":       testChanges,
		"deleted":       testDeleted,
		"node-remade":   testNodeRemade,
		"others-change": testOthersChange,
		"large":         testLarge,
		"reporter":      testReporter,
	} {
		t.Run(name, func(t *testing.T) { test(t, c, "node-"+name) })
	}
	t.Run("server-down", func(t *testing.T) { testServerDown(t, c, "node-server-down") }) // alone, at the end
}

func (c cluster) node(t *testing.T, name string) types.UID {
	t.Helper()
	node, err := c.admin.Nodes().Create(within(t, patience),
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return node.UID
}

func (c cluster) writer(name string, uid *types.UID) *report.ClusterWriter {
	return report.NewClusterWriter(c.agent, name, func() types.UID { return *uid })
}

func (c cluster) get(t *testing.T, name string) *v1.BGPNodeStatus {
	t.Helper()
	object, err := c.admin.BGPNodeStatuses().Get(within(t, patience), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return object
}

func write(t *testing.T, w *report.ClusterWriter, s v1.BGPNodeStatusData) {
	t.Helper()
	if err := w.Write(within(t, patience), s); err != nil {
		t.Fatal(err)
	}
}

func example(name string) v1.BGPNodeStatusData {
	return status.Build(status.Observation{
		Now: time.Now(), Node: name,
		Config: &render.Config{ASN: 4200000000, HeartbeatSeconds: 60, Instance: render.Instance{Neighbors: []render.Neighbor{
			{ID: "10.1.0.1", Address: netip.MustParseAddr("10.1.0.1"), PeerASN: 65000, Description: "rack: 1"},
			{ID: "10.1.0.2", Address: netip.MustParseAddr("10.1.0.2"), PeerASN: 65000},
		}}},
		Applied: status.Applied{Generation: 1, Wanted: 1, Outcome: status.OutcomeApplied},
	})
}

func (c cluster) holds(t *testing.T, name string, want v1.BGPNodeStatusData) *v1.BGPNodeStatus {
	t.Helper()
	got := c.get(t, name)
	if diff := cmp.Diff(want, got.Status); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	return got
}

func testNew(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	if before, err := w.Read(within(t, patience)); before != nil || err != nil {
		t.Fatal(before, err)
	}
	s := example(name)
	write(t, w, s)
	got := c.holds(t, name, s)
	owner := []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: name, UID: uid}}
	if diff := cmp.Diff(owner, got.OwnerReferences); diff != "" {
		t.Error(diff)
	}
	ctx := within(t, patience)
	text, err := c.server.Kubectl(ctx, "get", "bgpns", name, "-o", "json")
	if err != nil || !strings.Contains(text, `"healthy": false`) {
		t.Errorf("healthy is not written: %v\n%s", err, text)
	}
	if text, err = c.server.Kubectl(ctx, "get", "bgpns", name); err != nil || !strings.Contains(text, "false") {
		t.Errorf("healthy is not printed: %v\n%s", err, text)
	}
	before, err := c.writer(name, &uid).Read(ctx) // as after a restart of the agent
	if err != nil || !status.Equal(before, &s) {
		t.Error(before, err)
	}
}

func testChanges(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	s := example(name)
	write(t, w, s)
	s.Neighbors = s.Neighbors[:1]
	s.Neighbors[0].State = status.Established
	s.Neighbors[0].LastError = ""
	s.RouterID = "10.9.9.9"
	s.Healthy = true
	write(t, w, s)
	c.holds(t, name, s)
	s.RouterID, s.Neighbors, s.Healthy = "", nil, false // what goes must go in the cluster too
	write(t, w, s)
	c.holds(t, name, s)
}

func testDeleted(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	s := example(name)
	write(t, w, s)
	if err := c.admin.BGPNodeStatuses().Delete(within(t, patience), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	write(t, w, s)
	c.holds(t, name, s)
}

func testNodeRemade(t *testing.T, c cluster, name string) {
	var uid types.UID // not known yet
	w := c.writer(name, &uid)
	s := example(name)
	write(t, w, s)
	if owners := c.get(t, name).OwnerReferences; len(owners) != 0 {
		t.Errorf("owners %v", owners)
	}
	for range 2 {
		if uid != "" {
			if err := c.admin.Nodes().Delete(within(t, patience), name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		uid = c.node(t, name)
		write(t, w, s)
		if owners := c.holds(t, name, s).OwnerReferences; len(owners) != 1 || owners[0].UID != uid {
			t.Errorf("the Node is %s, and the owners %v", uid, owners)
		}
	}
}

func testOthersChange(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	s := example(name)
	write(t, w, s)
	ctx := within(t, patience)
	if _, err := c.server.Kubectl(ctx, "annotate", "bgpns", name, "seen=yes"); err != nil {
		t.Fatal(err)
	}
	forged := `{"status":{"healthy":true,"routerID":"6.6.6.6"}}`
	if _, err := c.server.Kubectl(ctx, "patch", "bgpns", name, "--subresource=status", "--type=merge", "-p", forged); err != nil {
		t.Fatal(err)
	}
	write(t, w, s)
	if got := c.holds(t, name, s); got.Annotations["seen"] != "yes" {
		t.Errorf("annotations %v", got.Annotations)
	}
}

func testLarge(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	s := example(name)
	for i := range v1.MaxLocalRoutes {
		prefix := fmt.Sprintf("2001:db8:ffff:ffff:ffff:ffff:%x:0/128", i)
		s.RIB.LocalRoutes = append(s.RIB.LocalRoutes, v1.RIBRoute{Prefix: prefix, NextHop: "::",
			AdvertisedTo: []string{"2001:db8:ffff:ffff::1", "2001:db8:ffff:ffff::2"}, Communities: []string{"65000:1", "65000:1:2"}})
		s.NetlinkImport.ImportedAddresses = append(s.NetlinkImport.ImportedAddresses,
			v1.ImportedAddress{Address: prefix, Interface: "kube-lb0", InRIB: true})
	}
	began := time.Now()
	write(t, w, s)
	all := time.Since(began)
	c.holds(t, name, s)
	later := metav1.NewTime(s.LastUpdated.Add(time.Minute))
	s.LastUpdated = &later
	began = time.Now()
	write(t, w, s)
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes of status: written in %s, a heartbeat in %s", len(text), all, time.Since(began))
	c.holds(t, name, s)
}

// testReporter has no FRR at all: what is reported then, how often it is written, and that it comes back when deleted.
func testReporter(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	frr := vtysh.New(vtysh.Options{SocketDir: t.TempDir()})
	defer frr.Close()
	const heartbeat = 5
	r := report.New(report.Options{
		Source: func() status.Observation {
			return status.Observation{Node: name, Config: &render.Config{StatusEnabled: true, HeartbeatSeconds: heartbeat},
				Applied: status.Applied{Wanted: 1, Outcome: status.OutcomeFRRUnreachable, Message: "FRR does not answer"}}
		},
		FRR: frr, Writer: c.writer(name, &uid), Collector: report.NewCollector(),
	})
	watch, err := c.admin.BGPNodeStatuses().Watch(within(t, 2*patience), metav1.ListOptions{FieldSelector: "metadata.name=" + name})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()
	stop := run(t, r)
	next := func() *v1.BGPNodeStatus {
		t.Helper()
		select {
		case event := <-watch.ResultChan():
			return event.Object.(*v1.BGPNodeStatus)
		case <-time.After(patience):
			t.Fatalf("nothing was written for %s", patience)
			return nil
		}
	}
	next() // made
	first := next().Status
	if first.Healthy || condition(first, status.FRRReachable, "False/Unreachable") != "" {
		t.Errorf("without FRR: %+v", first)
	}
	beat := next().Status // and the next is a heartbeat later
	for range 20 {        // nobody is interested in what has not changed
		r.Poke()
		time.Sleep(50 * time.Millisecond)
	}
	// Times are in seconds, a write takes its time, and being poked ends after one second.
	if quiet := next().Status.LastUpdated.Sub(beat.LastUpdated.Time); quiet < heartbeat/2*time.Second {
		t.Errorf("the heartbeat is every %d s, and it wrote after %s", heartbeat, quiet)
	}
	if err := c.admin.BGPNodeStatuses().Delete(within(t, patience), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	next() // deleted
	next() // made again
	next() // written
	stop()
	if last := next().Status; condition(last, status.Ready, "False/AgentShutdown") != "" {
		t.Errorf("after the end: %+v", last)
	}
	if state := r.State(); state.Err != nil || state.Written.IsZero() || state.Status == nil {
		t.Errorf("%+v", state)
	}
}

func testServerDown(t *testing.T, c cluster, name string) {
	uid := c.node(t, name)
	w := c.writer(name, &uid)
	s := example(name)
	write(t, w, s)
	if err := c.server.Stop(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	began := time.Now()
	if err := w.Write(ctx, s); err == nil || !strings.Contains(err.Error(), "write BGPNodeStatus "+name) {
		t.Errorf("with the server down: %v", err)
	}
	t.Logf("with the server down, a write fails after %s", time.Since(began))
	if err := c.server.Restart(within(t, 2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	s.Healthy = true
	write(t, w, s)
	c.holds(t, name, s)
}
