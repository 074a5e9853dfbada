package supervise

import (
	"fmt"
	"time"

	"github.com/k8frr/k8frr/render"
)

// absent is an error while nothing is declared any more, and what ran is kept for
// all that.
type absent struct{ message string }

func (a *absent) Error() string { return a.message }

// NotYet tells it from a mistake in the objects.
func (a *absent) NotYet() bool { return true }

// missing is an error as long as a BGPConfiguration that is gone counts as being
// replaced: for Options.Grace, or while the API knows nothing of the Node either,
// as after etcd was restored to a state of before. Then what ran is kept.
func (s *Supervisor) missing(objects render.Objects) error {
	if objects.Configuration != nil || s.good == nil || s.good.objects.Configuration == nil {
		s.goneSince = time.Time{}
		return nil
	}
	now := s.Now()
	if s.goneSince.IsZero() {
		s.goneSince = now
	}
	until := s.goneSince.Add(s.Grace)
	switch {
	case objects.Node == nil:
		return &absent{"there is neither a BGPConfiguration nor the Node of this node; what ran before is kept until there is either"}
	case now.Before(until):
		return &absent{fmt.Sprintf("the BGPConfiguration is gone; what it had this node run is kept until %s, in case that it is being replaced", until.UTC().Format("15:04:05 UTC"))}
	}
	return nil
}
