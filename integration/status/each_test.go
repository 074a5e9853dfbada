//go:build linux

package status

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/status"
)

var update = flag.Bool("update", false, "write the golden files in testdata/states")

// states are those of a session, and what tells that a neighbor has come into its state: whether it is established, what
// lastError contains, and the reason. Each has a file in testdata/states.
var states = map[string]struct {
	name, lastError string
	reason          status.Cause
	up              bool
}{
	"10.1.0.1":  {"established", "", "", true},
	"10.1.0.3":  {"established-without-routes", "", "", true},
	"10.1.0.4":  {"wrong-as", "sent: OPEN Message Error/Bad Peer AS (2/2)", status.CauseBadPeerAS, false},
	"10.1.0.5":  {"refused-by-peer", "received: OPEN Message Error/Bad Peer AS (2/2)", status.CauseBadPeerAS, false},
	"10.1.0.6":  {"admin-down", "administratively shut down, as config.adminDown asks", status.CauseAdminShutdown, false},
	"10.1.0.7":  {"admin-down-by-peer", "received: Cease/Administrative Shutdown (6/2), with the message", status.CauseShutdown, false},
	"10.1.0.8":  {"maximum-prefixes", "maximum prefixes reached", status.CauseMaxPrefixes, false},
	"10.1.0.9":  {"never-up", "no host answers for the peer's address", status.CauseNoHost, false},
	"10.1.0.10": {"refused", "connection refused", status.CauseConnectionRefused, false},
	"10.99.0.1": {"no-route", "no route to the peer", status.CauseNoRoute, false},
	"10.1.0.11": {"hold-expired", "hold timer expired", status.CauseHoldTimer, false},
	"10.1.0.12": {"tcp-closed", "the peer closed the TCP connection", status.CausePeerClosed, false},
	"10.1.0.13": {"password-mismatch", "the password is probably not the same on both sides", status.CausePassword, false},
	"10.1.0.14": {"secret-missing", "there is no Secret absent", status.CauseLeftOut, false},
	"10.1.0.15": {"bfd-down", "BFD does not hear the peer", status.CauseBFDDown, false},
	"10.1.0.16": {"passive", "this node waits for the peer to connect", status.CauseAwaited, false},
	"eth1":      {"unnumbered", "", "", true},
	"eth2":      {"unnumbered-nobody", "no peer has been found on the interface", status.CauseNoPeerFound, false},
	"10.1.1.20": {"dynamic", "", "", true},
}

// needSession are those that are up first.
var needSession = []string{"10.1.0.7", "10.1.0.11", "10.1.0.12", "10.1.0.15"}

// Every state of a session, provoked side by side, and what the agent reports of it.
func TestEachState(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, version)
			s.until(t, "all sessions that are to come up", func(n v1.NeighborStatus, key string) bool {
				return n.State == status.Established || !states[key].up && !slices.Contains(needSession, key)
			})
			s.Until("BFD", func() bool {
				out, err := s.FRR.Ask(within(t, patience), "bgpd", "show bgp neighbors 10.1.0.15 json")
				return err == nil && bfdUp.MatchString(out)
			})
			s.shake(t)
			got := s.until(t, "each neighbor in its state", func(n v1.NeighborStatus, key string) bool {
				want := states[key]
				return (n.State == status.Established) == want.up && strings.Contains(n.LastError, want.lastError) && n.Reason == string(want.reason)
			})
			judge(t, got)
			for _, n := range got.Neighbors {
				compareState(t, got, n)
			}
		})
	}
}

var bfdUp = regexp.MustCompile(`"status": ?"Up"`)

// key is how states names a neighbor.
func key(n v1.NeighborStatus) string {
	if n.Interface != "" {
		return n.Interface
	}
	return n.Address
}

// until waits for a status with all neighbors in which each is so.
func (s *scene) until(t *testing.T, what string, so func(v1.NeighborStatus, string) bool) (got v1.BGPNodeStatusData) {
	t.Helper()
	var not []string
	s.Until(what, func() bool {
		report, err := s.Report()
		got, not = report.Status, nil
		for _, n := range got.Neighbors {
			if !so(n, key(n)) {
				not = append(not, fmt.Sprintf("%s is %s: %s: %s", key(n), n.State, n.Reason, n.LastError))
			}
		}
		return err == nil && len(got.Neighbors) == len(states) && len(not) == 0
	}, func() any { return fmt.Sprintf("%d neighbors\n%s", len(got.Neighbors), strings.Join(not, "\n")) })
	return got
}

// judge looks at the rest of the status.
func judge(t *testing.T, s v1.BGPNodeStatusData) {
	t.Helper()
	for _, problem := range []string{
		condition(s, status.Ready, "False/Degraded"),
		condition(s, status.FRRReachable, "True/Answering"),
		condition(s, status.ConfigurationApplied, "True/Applied"),
		condition(s, status.NeighborsConfigured, "False/SecretMissing"),
		condition(s, status.ImportHealthy, "True/AllInBGP"),
		condition(s, status.ExportHealthy, "False/NotInstalled"),
	} {
		if problem != "" {
			t.Error(problem)
		}
	}
	if s.EstablishedCount != 4 || int(s.NeighborCount) != len(states) {
		t.Errorf("%d of %d sessions", s.EstablishedCount, s.NeighborCount)
	}
	up := []string{"10.1.0.1", "10.1.0.3", "10.1.1.20"} // the fourth is at a link-local address that varies
	for _, r := range s.RIB.LocalRoutes {
		for _, peer := range up {
			if strings.Contains(r.Prefix, ".") && !slices.Contains(r.AdvertisedTo, peer) {
				t.Errorf("%s is advertised to %v, without %s", r.Prefix, r.AdvertisedTo, peer)
			}
		}
	}
	want := []v1.ExportedRoute{
		{Prefix: "10.1.1.0/24", Table: "main", Metric: 20, Reason: "the node has a connected route for it, which goes before BGP's"},
		{Prefix: "20.0.1.0/24", Table: "main", Metric: 20, Reason: "no route to the next hop 10.77.0.1"},
		{Prefix: "20.0.0.0/24", Table: "main", Metric: 20, Installed: true},
	}
	if diff := cmp.Diff(want, s.NetlinkExport.ExportedRoutes); diff != "" || s.NetlinkExport.TotalExported != 3 {
		t.Errorf("%d exported routes (-want +got):\n%s", s.NetlinkExport.TotalExported, diff)
	}
	imported := []v1.ImportedAddress{{Address: "10.200.0.5/24", Interface: "kube-lb0", InRIB: true}, {Address: "fd00:200::5/128", Interface: "kube-lb0", InRIB: true}}
	if diff := cmp.Diff(imported, s.NetlinkImport.ImportedAddresses); diff != "" || s.RIB.LocalRouteCount != 2 {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
	c := s.Configuration
	if c == nil || c.Generation != 3 || c.Declared != 3 || c.Hash == "" || c.LastPlan == nil || c.LastPlan.Result != "Applied" || c.LastPlan.Steps == 0 {
		t.Errorf("configuration: %+v", c)
	}
	if s.FRRVersion == "" || s.AgentVersion == "" {
		t.Errorf("versions %q and %q", s.FRRVersion, s.AgentVersion)
	}
}

// compareState compares a status that is about one neighbor alone with the file of its state. The same files serve every
// version of FRR.
func compareState(t *testing.T, s v1.BGPNodeStatusData, n v1.NeighborStatus) {
	t.Helper()
	path := filepath.Join("testdata", "states", states[key(n)].name+".yaml")
	text, err := yaml.Marshal(settled(s, n))
	if err != nil {
		t.Fatal(err)
	}
	var got, want v1.BGPNodeStatus
	if err := yaml.UnmarshalStrict(text, &got); err != nil { // an empty list is none
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*v1.BGPNodeStatus{&want, &got} {
		if n := &s.Status.Neighbors[0]; n.State != status.Established {
			n.State = status.Idle // it tries again and again
			n.LastError = about(n.LastError, states[key(*n)].lastError)
			n.LastEnd = nil
			if n.Reason == string(status.CauseBFDDown) {
				n.Notification, n.LastError = "", states[key(*n)].lastError // 10.7 does not tell that it has sent one
			}
		}
		s.Status.FRRVersion = "" // the file has that of the last
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// about is what is said of a state, now or before that.
func about(lastError, state string) string {
	for part := range strings.SplitSeq(lastError, "; before that: ") {
		if strings.Contains(part, state) {
			return part
		}
	}
	return lastError
}

var linkLocal = regexp.MustCompile(`fe80::[0-9a-f:]+`)

// settled is the object of a node that has this neighbor only, without what differs from one run to the next.
func settled(s v1.BGPNodeStatusData, n v1.NeighborStatus) v1.BGPNodeStatus {
	then := metav1.NewTime(time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC))
	s = *s.DeepCopy()
	s.LastUpdated = &then
	s.AgentVersion = "v1.0.0"
	if c := s.Configuration; c != nil {
		c.Hash = "0123456789abcdef"
		if c.LastPlan != nil {
			c.LastPlan = &v1.PlanResult{Time: then, Milliseconds: 41, Steps: 3, Result: c.LastPlan.Result}
		}
	}
	if n.SessionUpSince != nil {
		n.SessionUpSince = &then
	}
	n.Address = linkLocal.ReplaceAllString(n.Address, "fe80::1")
	s.Neighbors, s.NeighborCount, s.EstablishedCount = []v1.NeighborStatus{n}, 1, 0
	if n.State == status.Established {
		s.EstablishedCount = 1
	}
	sentFrom := func(r v1.RIBRoute) bool { return r.FromPeer != n.Address }
	s.RIB.ReceivedRoutes = slices.DeleteFunc(s.RIB.ReceivedRoutes, sentFrom)
	s.RIB.ReceivedRouteCount, s.RIB.Truncated = int32(len(s.RIB.ReceivedRoutes)), false
	for i := range s.RIB.LocalRoutes {
		r := &s.RIB.LocalRoutes[i]
		r.AdvertisedTo = nil
		if n.State == status.Established {
			r.AdvertisedTo = []string{n.Address}
		}
	}
	s.NetlinkExport.ExportedRoutes = slices.DeleteFunc(s.NetlinkExport.ExportedRoutes, func(r v1.ExportedRoute) bool {
		return !r.Installed || len(s.RIB.ReceivedRoutes) == 0
	})
	s.NetlinkExport.TotalExported = int32(len(s.NetlinkExport.ExportedRoutes))
	setReady(&s, n)
	for i := range s.Conditions {
		s.Conditions[i].LastTransitionTime = then
	}
	return v1.BGPNodeStatus{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPNodeStatus"},
		ObjectMeta: metav1.ObjectMeta{Name: s.NodeName},
		Status:     s,
	}
}

// setReady makes the conditions those of a node with one neighbor.
func setReady(s *v1.BGPNodeStatusData, n v1.NeighborStatus) {
	set := func(kind string, is metav1.ConditionStatus, reason, message string) {
		c := meta.FindStatusCondition(s.Conditions, kind)
		c.Status, c.Reason, c.Message = is, reason, message
	}
	set(status.ConfigurationApplied, metav1.ConditionTrue, "Applied", "Generation 3 runs.")
	set(status.ExportHealthy, metav1.ConditionTrue, status.ReasonAllInstalled, "The kernel has the routes that the rules select.")
	set(status.NeighborsConfigured, metav1.ConditionTrue, status.ReasonAllConfigured, "FRR has every neighbor that is declared for this node.")
	if why, left := strings.CutPrefix(n.LastError, "not configured: "); left {
		set(status.NeighborsConfigured, metav1.ConditionFalse, status.ReasonSecretMissing, why+".")
	}
	s.Healthy = n.State == status.Established || states[key(n)].name == "admin-down"
	if s.Healthy {
		set(status.Ready, metav1.ConditionTrue, status.ReasonAllHealthy, "Everything that is configured works.")
		return
	}
	set(status.Ready, metav1.ConditionFalse, status.ReasonDegraded,
		"1 of 1 sessions not established: "+n.Address+"; lastError of the neighbor says why.")
}
