package status

import (
	"maps"
	"slices"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// SessionName tells sessions apart.
type SessionName struct {
	// VRF is "" for the default one.
	VRF string
	// Neighbor is the neighbor's name in FRR: its address, or the interface of an unnumbered one.
	Neighbor string
	PeerASN  v1.ASN
}

// SessionMetrics are the numbers of a session.
type SessionMetrics struct {
	SessionName
	LocalASN v1.ASN
	State    string
	Up       bool
	// Since is when the session was established; zero if it is not.
	Since time.Time
	// Drops is how often it ended, as bgpd counts since the neighbor was configured.
	Drops uint64
	// Reason is why it is not established, or why it last ended; zero if it never did.
	Reason   Reason
	Families []FamilyMetrics
}

// FamilyMetrics are the numbers of a session in an address family.
type FamilyMetrics struct {
	Family         v1.Family
	Received, Sent int64
	// Limit is how many prefixes the peer may send; 0 for any number.
	Limit uint32
}

// DynamicMetrics are the numbers of the peers that came by themselves.
type DynamicMetrics struct{ Known, Established int }

// Prefixes are those that are received and sent in all families.
func (s SessionMetrics) Prefixes() (received, sent int64) {
	for _, f := range s.Families {
		received, sent = received+f.Received, sent+f.Sent
	}
	return received, sent
}

func (m *Metrics) measureSessions(o Observation, s v1.BGPNodeStatusData) {
	m.Dynamic = map[string]DynamicMetrics{}
	shown := map[SessionName]bool{}
	for _, i := range o.Config.Instances() {
		for _, n := range i.Neighbors {
			var reported v1.NeighborStatus
			if m.Configured < len(s.Neighbors) { // in the same order
				reported = s.Neighbors[m.Configured]
			}
			session := measureSession(o, i, n, s.ASN, reported)
			m.Configured++
			if session.Up {
				m.Established++
			}
			if len(m.Sessions) < MaxSessions && !shown[session.SessionName] { // twice the same series would be none at all
				shown[session.SessionName] = true
				m.Sessions = append(m.Sessions, session)
			}
		}
		if len(i.Ranges) > 0 {
			m.Dynamic[i.VRF] = dynamic(o.said(i).Summary)
		}
	}
}

func measureSession(o Observation, i *render.Instance, n render.Neighbor, local v1.ASN, reported v1.NeighborStatus) SessionMetrics {
	m := SessionMetrics{
		SessionName: SessionName{VRF: i.VRF, Neighbor: n.ID, PeerASN: n.PeerASN},
		LocalASN:    local,
		State:       Idle,
	}
	said := o.said(i)
	p, known := said.Summary.Session(n.ID)
	if known {
		m.State, m.Drops = fsm(p.State), p.Dropped
		m.Up = m.State == Established
	}
	if p.LocalAS != 0 {
		m.LocalASN = v1.ASN(p.LocalAS)
	}
	if m.Up {
		m.Since = p.Since
	}
	if m.Up {
		m.Reason = said.Neighbors[n.ID].Reset.end().Reason
	} else {
		m.Reason = Reason{Cause(reported.Reason), reported.Notification}
	}
	for _, name := range slices.Sorted(maps.Keys(said.Summary)) {
		family, ok := familyNames[name]
		if !ok {
			continue
		}
		if p, takesPart := said.Summary[name].Peers[n.ID]; takesPart {
			f := FamilyMetrics{Family: family, Limit: limit(i, n, family)}
			if m.Up {
				f.Received, f.Sent = max(p.Received, 0), max(p.Sent, 0)
			}
			m.Families = append(m.Families, f)
		}
	}
	return m
}

// limit is the neighbor's own, or its peer group's.
func limit(i *render.Instance, n render.Neighbor, family v1.Family) uint32 {
	if fs, _ := n.Family(family); fs.PrefixLimit.Max != 0 {
		return fs.PrefixLimit.Max
	}
	for _, g := range i.PeerGroups {
		if g.Name == n.PeerGroup {
			fs, _ := g.Family(family)
			return fs.PrefixLimit.Max
		}
	}
	return 0
}

// dynamic counts the peers of listen ranges.
func dynamic(s Summary) DynamicMetrics {
	states := map[string]string{}
	for _, table := range s {
		for name, p := range table.Peers {
			if p.Dynamic {
				states[name] = p.State
			}
		}
	}
	m := DynamicMetrics{Known: len(states)}
	for _, state := range states {
		if state == Established {
			m.Established++
		}
	}
	return m
}

// familyNames are the families by FRR's names of them in a summary.
var familyNames = map[string]v1.Family{
	"ipv4Unicast": v1.IPv4Unicast, "ipv6Unicast": v1.IPv6Unicast,
	"ipv4Multicast": v1.IPv4Multicast, "ipv6Multicast": v1.IPv6Multicast,
	"ipv4LabeledUnicast": v1.IPv4Labeled, "ipv6LabeledUnicast": v1.IPv6Labeled,
	"ipv4Vpn": v1.IPv4VPN, "ipv6Vpn": v1.IPv6VPN, "l2VpnEvpn": v1.L2VPNEVPN,
	"ipv4Flowspec": v1.IPv4Flowspec, "ipv6Flowspec": v1.IPv6Flowspec,
}

// said is what bgpd said of an instance; nothing if it was not asked.
func (o Observation) said(i *render.Instance) Instance {
	if o.Snapshot == nil {
		return Instance{}
	}
	return o.Snapshot.instance(i.Device)
}
