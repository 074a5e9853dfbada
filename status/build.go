package status

import (
	"math"
	"reflect"
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
		Configuration:    b.configuration(),
		AgentVersion:     o.AgentVersion,
		FRRVersion:       o.FRRVersion,
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
	var meantDown []bool
	s.Neighbors, meantDown = b.neighbors()
	s.NeighborCount = count(len(s.Neighbors))
	for _, n := range s.Neighbors {
		if n.State == Established {
			s.EstablishedCount++
		}
	}
	s.RIB = b.rib(s.Neighbors)
	s.Conditions = b.conditions(s, meantDown)
	s.Healthy = s.Conditions[0].Status == metav1.ConditionTrue
	cleanAll(reflect.ValueOf(&s), longestText)
	fit(&s)
	return s
}

// configuration is what became of the declared one; nil if there never was any.
func (b *builder) configuration() *v1.ConfigurationOnNode {
	a := b.Applied
	if a.Generation == 0 && a.Wanted == 0 {
		return nil
	}
	out := &v1.ConfigurationOnNode{Generation: a.Generation, Declared: a.Wanted, Hash: a.Hash}
	for _, l := range a.LeftOut[:min(len(a.LeftOut), maxLeftOut)] {
		out.LeftOut = append(out.LeftOut, v1.LeftOutPart{Field: l.Field, Part: l.Part, Instead: l.Instead, Message: l.Message})
	}
	if p := a.Plan; p != nil {
		out.LastPlan = &v1.PlanResult{
			Time:         metav1.NewTime(p.At.Truncate(time.Second)),
			Milliseconds: p.Took.Milliseconds(),
			Steps:        count(p.Steps),
			Resets:       p.Resets[:min(len(p.Resets), maxResets)],
			Removed:      p.Removed[:min(len(p.Removed), maxResets)],
			Result:       string(p.Result),
		}
	}
	return out
}

// maxResets bounds the neighbors that are listed of a plan.
const maxResets = 100

// maxLeftOut bounds the parts that are listed as left out.
const maxLeftOut = 100

// builder makes the parts of a status. Neither config nor Previous is nil.
type builder struct {
	Observation
	config *render.Config
}

// count fits a number into the integers of the schema.
func count[T int | int64](n T) int32 { return int32(min(max(int64(n), 0), math.MaxInt32)) }
