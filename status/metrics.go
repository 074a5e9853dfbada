package status

import v1 "github.com/k8frr/k8frr/api/v1"

// Metrics are the numbers of an observation. The names of daemons and neighbors, and nothing else of any user's choice,
// become labels.
type Metrics struct {
	Sessions []SessionMetrics
	// ImportedAddresses is the number of addresses on the import interfaces, PrefixesInRIB that of prefixes that this
	// node originates.
	ImportedAddresses, PrefixesInRIB int32
	// ConfigurationApplied says that what is declared runs; Generation is the one that does.
	ConfigurationApplied bool
	Generation           int64
	// Daemons says of each daemon of FRR whether it answers.
	Daemons map[string]bool
}

// SessionMetrics are the numbers of a session.
type SessionMetrics struct {
	// Neighbor is the neighbor's name in FRR: its address, or the interface of an unnumbered one.
	Neighbor       string
	PeerASN        v1.ASN
	Up             bool
	Received, Sent int64
}

// Measure takes the numbers of an observation and the status built from it.
func Measure(o Observation, s v1.BGPNodeStatusData) Metrics {
	m := Metrics{
		ConfigurationApplied: o.Applied.Outcome == OutcomeApplied,
		Generation:           o.Applied.Generation,
		Daemons:              map[string]bool{},
	}
	for daemon, err := range o.FRR.Daemons {
		m.Daemons[daemon] = err == nil
	}
	for _, daemon := range needed {
		if _, ok := m.Daemons[daemon]; !ok {
			m.Daemons[daemon] = false
		}
	}
	if s.NetlinkImport != nil {
		m.ImportedAddresses = s.NetlinkImport.TotalImported
	}
	if s.RIB != nil {
		m.PrefixesInRIB = s.RIB.LocalRouteCount
	}
	if o.Config == nil {
		return m
	}
	for i, n := range o.Config.Neighbors {
		shown := s.Neighbors[i]
		m.Sessions = append(m.Sessions, SessionMetrics{
			Neighbor: n.ID, PeerASN: n.PeerASN,
			Up:       shown.State == Established,
			Received: shown.PrefixesReceived, Sent: shown.PrefixesSent,
		})
	}
	return m
}
