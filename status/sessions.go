package status

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// neighbors are the configured neighbors in their order, with what FRR shows of them.
func (b *builder) neighbors() []v1.NeighborStatus {
	var out []v1.NeighborStatus
	for _, n := range b.config.Neighbors {
		out = append(out, b.neighbor(n))
	}
	return out
}

func (b *builder) neighbor(n render.Neighbor) v1.NeighborStatus {
	s := v1.NeighborStatus{
		Address:     n.ID,
		Interface:   n.Interface,
		PeerASN:     n.PeerASN,
		LocalASN:    b.config.ASN,
		State:       Idle,
		Description: n.Description,
	}
	previous := b.previously(n)
	if b.Snapshot == nil {
		s.LastError = noBGPD
		if previous != nil {
			s.Address = previous.Address
			s.LastError = remember(noBGPD, previous.LastError)
		}
		return s
	}
	shown := b.Snapshot.Neighbors[n.ID]
	if n.Unnumbered() && shown.Address.IsValid() {
		s.Address = shown.Address.String()
	}
	session, ok := b.Snapshot.Summary.Session(n.ID)
	if !ok {
		s.LastError = notInFRR
		return s
	}
	if session.LocalAS != 0 {
		s.LocalASN = v1.ASN(session.LocalAS)
	}
	s.State = fsm(session.State)
	if s.State == Established {
		s.PrefixesReceived, s.PrefixesSent = max(session.Received, 0), max(session.Sent, 0)
		s.SessionUpSince = steady(session.Since, previous)
		return s
	}
	s.LastError = why(session, shown, b.config.WaitsFor(n))
	if previous != nil {
		s.LastError = remember(s.LastError, previous.LastError)
	}
	return s
}

// previously is what was last written of a neighbor, nil if nothing was.
func (b *builder) previously(n render.Neighbor) *v1.NeighborStatus {
	for i, p := range b.Previous.Neighbors {
		if p.Interface == n.Interface && (n.Unnumbered() || p.Address == n.ID) {
			return &b.Previous.Neighbors[i]
		}
	}
	return nil
}

// steady keeps the time that was written before, if it is the same but for rounding: bgpd subtracts two clocks that it
// rounds to seconds, so its answer moves by one from time to time.
func steady(since time.Time, previous *v1.NeighborStatus) *metav1.Time {
	if since.IsZero() {
		return nil
	}
	if previous != nil && previous.SessionUpSince != nil && since.Sub(previous.SessionUpSince.Time).Abs() <= 2*time.Second {
		return previous.SessionUpSince
	}
	t := metav1.NewTime(since)
	return &t
}
