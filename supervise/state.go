package supervise

import (
	"fmt"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// State is what a pass found and did. It is not changed once it is given out.
type State struct {
	// At is when the pass ended.
	At time.Time
	// Objects are what is declared.
	Objects render.Objects
	// Config is what FRR runs; nil if it runs nothing of ours.
	Config *render.Config
	// Hash identifies the text of frr.conf.
	Hash  string
	Links []render.Link
	// Applied is what became of the declared configuration.
	Applied status.Applied
	FRR     status.FRR
	// FRRVersion is that of the running daemons, "" if it has not been asked.
	FRRVersion string
}

// Applying is to be called every now and then while a script is applied, from any
// goroutine. It tells when FRR is silent for long, which is when silent is not 0, and
// how long it may be: a daemon that commits a long list looks like one that hangs,
// until it answers.
func (s *Supervisor) Applying(silent, most time.Duration) {
	s.turning.Store(s.Now().UnixNano())
	if silent == 0 {
		return
	}
	now := s.state.Load()
	message := fmt.Sprintf("FRR has not answered for %v while it is configured, which may take up to %v", silent, most.Round(time.Second))
	if now.Applied.Message == message {
		return
	}
	next := *now
	next.Applied.Outcome, next.Applied.Message = status.OutcomePending, message
	if s.state.CompareAndSwap(now, &next) { // else a pass has ended
		s.Log.Warn("FRR does not answer while it is configured", "for", silent, "limit", most)
		s.Silent()
	}
}

// Turned is when the loop last gave a sign of life: the end of a pass, or a script
// that is being applied.
func (s *Supervisor) Turned() time.Time {
	at := s.state.Load().At
	if turning := time.Unix(0, s.turning.Load()); turning.After(at) {
		return turning
	}
	return at
}

// Settled says that FRR runs what is declared.
func (s *State) Settled() bool { return s.Applied.Outcome == status.OutcomeApplied }
