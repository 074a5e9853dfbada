package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// many are the reports of so many nodes, each with two sessions and 20 VIPs:
// one session in 50 is down, and one node in 100 stale.
func many(nodes int) (objects []any) {
	moment := metav1.NewTime(time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC))
	for n := range nodes {
		written := metav1.NewTime(moment.Add(-time.Duration(n%60) * time.Second))
		if n%100 == 7 {
			written = metav1.NewTime(moment.Add(-time.Hour))
		}
		name := fmt.Sprintf("rack-%d-%02d", n/40+1, n%40)
		o := &v1.BGPNodeStatus{TypeMeta: metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPNodeStatus"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
		s := &o.Status
		*s = v1.BGPNodeStatusData{
			NodeName: name, RouterID: fmt.Sprintf("10.0.%d.%d", n/250, n%250), ASN: 65000, LastUpdated: &written, HeartbeatSeconds: 60,
			Configuration: &v1.ConfigurationOnNode{Generation: 7, Declared: 7, Hash: "sha256:5d1f0a3b9c44"}, AgentVersion: "v0.6.0", FRRVersion: "10.3", NeighborCount: 2, EstablishedCount: 2,
			NetlinkImport: &v1.NetlinkImportStatus{Enabled: true, TotalImported: 20, Interfaces: []v1.ImportInterfaceStatus{{Name: "kube-lb0", Exists: true, OperState: "up"}}},
			RIB:           &v1.RIBStatus{LocalRouteCount: 20, ReceivedRouteCount: 2},
			NetlinkExport: &v1.NetlinkExportStatus{}, Healthy: true,
		}
		for p := range 2 {
			s.Neighbors = append(s.Neighbors, v1.NeighborStatus{Address: fmt.Sprintf("10.1.%d.%d", n/40, p+1), PeerASN: 64512, LocalASN: 65000, State: "Established", SessionUpSince: &moment, PrefixesSent: 20, PrefixesReceived: 1, Description: "tor"})
		}
		if n%25 == 3 {
			s.Neighbors[1].State, s.Neighbors[1].LastError, s.Neighbors[1].SessionUpSince, s.EstablishedCount = "Active", "waiting for TCP: the peer does not answer: a firewall drops TCP port 179, or the peer wants a password; check both", nil, 1
		}
		for i := range 20 {
			prefix := fmt.Sprintf("10.200.0.%d/32", i+1)
			s.NetlinkImport.ImportedAddresses = append(s.NetlinkImport.ImportedAddresses, v1.ImportedAddress{Address: prefix, Interface: "kube-lb0", InRIB: true})
			s.RIB.LocalRoutes = append(s.RIB.LocalRoutes, v1.RIBRoute{Prefix: prefix, NextHop: "0.0.0.0", AdvertisedTo: []string{s.Neighbors[0].Address, s.Neighbors[1].Address}})
		}
		for _, kind := range []string{"Ready", "FRRReachable", "ConfigurationApplied", "NeighborsConfigured", "RouterIDResolved", "ImportHealthy", "ExportHealthy"} {
			s.Conditions = append(s.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: "AllHealthy", Message: "Everything that is configured works.", LastTransitionTime: moment})
		}
		objects = append(objects, o)
	}
	for i := range 20 {
		o := &corev1.Service{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("web-%d", i), Annotations: map[string]string{allocatedBy: "PureLB"}}}
		o.Spec.Type = corev1.ServiceTypeLoadBalancer
		o.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: fmt.Sprintf("10.200.0.%d", i+1)}}
		objects = append(objects, o)
	}
	return objects
}

func manyInAFile(b *testing.B, nodes int) string {
	b.Helper()
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": many(nodes)})
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "cluster.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d nodes: %d kB", nodes, len(text)/1000)
	return file
}

func BenchmarkInspect(b *testing.B) {
	for _, nodes := range []int{500, 5000} {
		file := manyInAFile(b, nodes)
		for _, command := range []string{"status", "sessions", "dataplane", "dataplane shop/web-3", "node rack-2-03", "status -o json", "dataplane -o json"} {
			b.Run(fmt.Sprintf("%d nodes/%s", nodes, command), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if got := run(append(strings.Fields(command), "-f", file), nil, io.Discard, os.Stderr); got != statusOK {
						b.Fatal(got)
					}
				}
			})
		}
	}
}

// What watch does when something has changed, and what it does to draw.
func BenchmarkWatch(b *testing.B) {
	for _, nodes := range []int{500, 5000} {
		o := sources{files: []string{manyInAFile(b, nodes)}, namespace: defaultNamespace}
		e, err := o.read(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		f := newFeed()
		f.read = func() evidence { return e }
		w := newWatcher(palette{on: true}, f)
		b.Run(fmt.Sprintf("%d nodes/look", nodes), func(b *testing.B) {
			for b.Loop() {
				w.Update(w.look())
			}
		})
		w.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
		for i, name := range tabNames {
			w.tab = i
			b.Run(fmt.Sprintf("%d nodes/draw %s", nodes, name), func(b *testing.B) {
				for b.Loop() {
					if len(w.View()) < 1000 {
						b.Fatal(w.View())
					}
				}
			})
		}
	}
}
