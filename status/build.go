package status

import (
	"math"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// DefaultHeartbeatSeconds is how often a node reports at least while no configuration says otherwise.
const DefaultHeartbeatSeconds = 60

// Build makes the status of a node. Equal observations, times aside, make equal statuses in the sense of Equal.
func Build(o Observation) v1.BGPNodeStatusData {
	b := builder{Observation: o, config: o.Config}
	if b.config == nil {
		b.config = &render.Config{HeartbeatSeconds: DefaultHeartbeatSeconds}
	}
	if b.Previous == nil {
		b.Previous = &v1.BGPNodeStatusData{}
	}
	now := metav1.NewTime(o.Now.Truncate(time.Second))
	s := v1.BGPNodeStatusData{
		NodeName:         o.Node,
		ASN:              b.config.ASN,
		LastUpdated:      &now,
		HeartbeatSeconds: b.config.HeartbeatSeconds,
		Neighbors:        b.neighbors(),
		NeighborCount:    count(len(b.config.Neighbors)),
		NetlinkImport:    b.netlinkImport(),
		NetlinkExport:    b.netlinkExport(),
		VRFs:             b.vrfs(),
	}
	if id := b.config.RouterID; id.IsValid() {
		s.RouterID, s.RouterIDSource = id.Address.String(), string(id.Source)
	}
	if id := b.config.PendingRouterID; id.IsValid() {
		s.PendingRouterID = id.Address.String()
	}
	for _, n := range s.Neighbors {
		if n.State == Established {
			s.EstablishedCount++
		}
	}
	s.RIB = b.rib(s.Neighbors)
	s.Conditions = b.conditions(s)
	s.Healthy = s.Conditions[0].Status == metav1.ConditionTrue
	return s
}

// builder makes the parts of a status. Neither config nor Previous is nil.
type builder struct {
	Observation
	config *render.Config
}

// count fits a number into the integers of the schema.
func count[T int | int64](n T) int32 { return int32(min(max(int64(n), 0), math.MaxInt32)) }
