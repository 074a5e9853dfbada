package supervise

import (
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

// Settled says that FRR runs what is declared.
func (s *State) Settled() bool { return s.Applied.Outcome == status.OutcomeApplied }
