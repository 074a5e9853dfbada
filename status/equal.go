package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Equal reports whether two statuses say the same, whenever they were written.
func Equal(a, b *v1.BGPNodeStatusData) bool {
	a, b = a.DeepCopy(), b.DeepCopy()
	a.LastUpdated, b.LastUpdated = nil, nil
	return equality.Semantic.DeepEqual(a, b)
}

// Calm reports whether two statuses differ at most in what never rests: the tries of sessions that do not come up, and
// what peers send. That is no reason to write at once, on each of thousands of nodes.
func Calm(a, b *v1.BGPNodeStatusData) bool { return Equal(rest(a), rest(b)) }

func rest(s *v1.BGPNodeStatusData) *v1.BGPNodeStatusData {
	s = s.DeepCopy()
	for i := range s.Neighbors {
		n := &s.Neighbors[i]
		if n.State != Established {
			n.State, n.LastError, n.Reason, n.Notification, n.LastEnd = "", "", "", "", nil
		}
		n.PrefixesReceived = 0
	}
	for i := range s.Conditions {
		// These repeat errors of daemons that do not answer, which may tell for how long, and counts of what peers sent.
		if c := &s.Conditions[i]; slices.Contains([]string{Ready, FRRReachable, ExportHealthy}, c.Type) {
			c.Message = ""
		}
	}
	for i := range s.VRFs {
		s.VRFs[i].ImportedRouteCount, s.VRFs[i].ExportedRouteCount = 0, 0
	}
	if s.RIB != nil {
		s.RIB.ReceivedRoutes, s.RIB.ReceivedRouteCount, s.RIB.Truncated = nil, 0, false
	}
	if e := s.NetlinkExport; e != nil {
		e.ExportedRoutes, e.TotalExported, e.Truncated = nil, 0, false
	}
	return s
}
