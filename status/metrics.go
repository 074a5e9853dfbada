package status

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Metrics are the numbers of an observation. Of what users choose, only the names of neighbors, VRFs and families become
// labels, and of peers that nobody named only their number is shown: so what others do cannot make series.
type Metrics struct {
	Healthy bool
	// Conditions says of each type of condition whether it is True.
	Conditions map[string]bool
	// HeartbeatSeconds is how often the status is written at least; 0 if it is not to be.
	HeartbeatSeconds int32

	// Sessions are those of configured neighbors, MaxSessions of them; Configured and Established count all.
	Sessions                []SessionMetrics
	Configured, Established int
	// Dynamic are the peers that came by themselves, by VRF.
	Dynamic map[string]DynamicMetrics
	// Objects are the numbers of things that the configuration asks for on this node, by kind.
	Objects map[string]int
	// RouterID is "" if there is none.
	RouterID, RouterIDSource string
	ASN                      v1.ASN

	Import ImportMetrics
	Export ExportMetrics

	Applied AppliedMetrics
	// FRRVersion is "" if it is not known.
	FRRVersion string
	// Daemons says of each daemon of FRR whether it answers.
	Daemons map[string]bool
}

// MaxSessions bounds the sessions that are shown one by one.
const MaxSessions = 512

// ImportMetrics are the numbers of what the node announces.
type ImportMetrics struct {
	Enabled bool
	// Interfaces is the number of those that are named or matched; Down is that of those that do not exist or are down.
	Interfaces, Down int
	// Addresses is the number of addresses on them, Missing that of those whose prefix is not in BGP.
	Addresses, Missing int
	// Prefixes is the number of prefixes that this node originates, Unadvertised that of those that no neighbor is sent.
	Prefixes, Unadvertised int
}

// ExportMetrics are the numbers of what BGP puts into the kernel.
type ExportMetrics struct {
	Enabled bool
	// Routes is the number of routes that rules select, Missing that of those listed that the kernel does not have.
	Routes, Missing int
}

// AppliedMetrics are the numbers of the configuration.
type AppliedMetrics struct {
	// Applied says that FRR runs what is declared, as seen at At.
	Applied bool
	At      time.Time
	Outcome Outcome
	Hash    string
	// Generation is the one that FRR runs, Declared the one that is wanted.
	Generation, Declared int64
	// Changed is when FRR was last brought to another configuration; zero if that is not known.
	Changed time.Time
}

// Measure takes the numbers of an observation and the status built from it.
func Measure(o Observation, s v1.BGPNodeStatusData) Metrics {
	m := Metrics{
		Healthy:          s.Healthy,
		Conditions:       map[string]bool{},
		HeartbeatSeconds: s.HeartbeatSeconds,
		RouterID:         s.RouterID, RouterIDSource: s.RouterIDSource,
		ASN:        s.ASN,
		Applied:    measureApplied(o, s),
		FRRVersion: s.FRRVersion,
		Daemons:    map[string]bool{},
	}
	for _, c := range s.Conditions {
		m.Conditions[c.Type] = c.Status == metav1.ConditionTrue
	}
	for daemon, err := range o.FRR.Daemons {
		m.Daemons[daemon] = err == nil
	}
	for _, daemon := range needed {
		if _, ok := m.Daemons[daemon]; !ok {
			m.Daemons[daemon] = false
		}
	}
	m.Import = measureImport(o, s)
	if e := s.NetlinkExport; e != nil {
		m.Export = ExportMetrics{Enabled: e.Enabled, Routes: int(e.TotalExported)}
		for _, r := range e.ExportedRoutes {
			if !r.Installed {
				m.Export.Missing++
			}
		}
	}
	if o.Config != nil {
		if !o.Config.StatusEnabled {
			m.HeartbeatSeconds = 0
		}
		m.measureSessions(o, s)
		m.Objects = objects(o.Config)
	}
	return m
}

func measureApplied(o Observation, s v1.BGPNodeStatusData) AppliedMetrics {
	a := AppliedMetrics{
		Applied: o.Applied.Outcome == OutcomeApplied, At: o.Now,
		Outcome: o.Applied.Outcome, Hash: o.Applied.Hash,
		Generation: o.Applied.Generation, Declared: o.Applied.Wanted,
	}
	// The status remembers the plan of an agent that was there before.
	if c := s.Configuration; c != nil && c.LastPlan != nil && c.LastPlan.Result == string(PlanApplied) {
		a.Changed = c.LastPlan.Time.Time
	}
	return a
}

func measureImport(o Observation, s v1.BGPNodeStatusData) ImportMetrics {
	var m ImportMetrics
	if i := s.NetlinkImport; i != nil {
		m.Enabled, m.Interfaces, m.Addresses = i.Enabled, len(i.Interfaces), int(i.TotalImported)
		for _, link := range i.Interfaces {
			if !link.Exists || link.OperState != "up" {
				m.Down++
			}
		}
	}
	if s.RIB != nil {
		m.Prefixes = int(s.RIB.LocalRouteCount)
	}
	if o.Config == nil {
		return m
	}
	for _, i := range o.Config.Instances() { // all of them, where the status lists some
		prefixes := o.said(i).Prefixes
		for _, c := range imported(i, o.Links) {
			if _, in := prefixes[c.prefix.Masked()].Sourced(); !in {
				m.Missing++
			}
		}
		for _, p := range Wanted(i, o.Links) {
			if _, in := prefixes[p].Sourced(); in && len(prefixes[p].AdvertisedTo) == 0 {
				m.Unadvertised++
			}
		}
	}
	return m
}

// Kinds of objects that a configuration asks for.
const (
	KindNeighbor        = "neighbor"
	KindPeerGroup       = "peer_group"
	KindDynamicNeighbor = "dynamic_neighbor"
	KindVRF             = "vrf"
	KindPolicy          = "policy"
)

func objects(c *render.Config) map[string]int {
	n := map[string]int{KindVRF: len(c.VRFs), KindPolicy: len(c.Policies)}
	for _, i := range c.Instances() {
		n[KindNeighbor] += len(i.Neighbors)
		n[KindPeerGroup] += len(i.PeerGroups)
		n[KindDynamicNeighbor] += len(i.Ranges)
	}
	return n
}
