package supervise

import (
	"errors"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// refusal is why what is declared does not run.
type refusal struct {
	outcome status.Outcome
	err     error
	// final says that trying again as it is will not help.
	final bool
	// urgent says that it will not pass by itself.
	urgent bool
	// fingerprint identifies what was refused, but for the mirrored routes.
	fingerprint string
	// until is when it may be tried again all the same: FRR may have had its
	// reasons at the time. pause is how long that was put off.
	until time.Time
	pause time.Duration
	// times is how often it was refused, and untaken are the lines that FRR did
	// not take.
	times   int
	untaken []plan.Command
	// retried says that it is being tried again.
	retried bool
	// lines are the commands that it is about, and parts the parts that these are
	// of, if the rest can run without them.
	lines []plan.Command
	parts []plan.Part
	// left is what a configuration that runs is without.
	left []status.LeftOut
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// pending is a refusal that the next try may not meet.
func pending(err error) *refusal { return &refusal{outcome: status.OutcomePending, err: err} }

// unreachable is FRR's silence.
func unreachable(err error) *refusal {
	return &refusal{outcome: status.OutcomeFRRUnreachable, err: err}
}

// lastPause is how long something refused is let rest at most. Options.Retry is
// how long at first.
const lastPause = time.Hour

// remember keeps a refusal, so that the same is not tried again at once.
func (s *Supervisor) remember(r *refusal, fingerprint string) {
	r.fingerprint, r.pause, r.times = fingerprint, s.Retry, 1
	if s.refused != nil && s.refused.fingerprint == fingerprint {
		r.pause, r.times = min(2*s.refused.pause, max(lastPause, s.Retry)), s.refused.times+1
	}
	r.until = s.Now().Add(resting(r.pause))
	s.refused = r
}

// refusedCommand is an error about one command that FRR did not take.
type refusedCommand interface {
	error
	// Refused returns the command and FRR's words.
	Refused() (command, message string)
	// At is the number of its line, counted from 1; 0 if FRR does not say.
	At() int
	// Unheard says that nobody refused it: a daemon ended, or hung up.
	Unheard() bool
}

// refusalsIn are all the commands that an error says FRR refused.
func refusalsIn(err error) []refusedCommand {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var list []refusedCommand
		for _, e := range several.Unwrap() {
			list = append(list, refusalsIn(e)...)
		}
		return list
	}
	if r, ok := err.(refusedCommand); ok {
		return []refusedCommand{r}
	}
	if next := errors.Unwrap(err); next != nil {
		return refusalsIn(next)
	}
	return nil
}

// isRefusal reports whether FRR refused something, and not merely was not heard of.
func isRefusal(err error) bool {
	var r refusedCommand
	return errors.As(err, &r) && !r.Unheard()
}

// notYet is an error of a Source that has not read everything once, which is
// nobody's mistake.
type notYet interface {
	error
	NotYet() bool
}

func isNotYet(err error) bool {
	var n notYet
	return errors.As(err, &n) && n.NotYet()
}

// locked is an error that passes when somebody leaves configuration mode.
type locked interface {
	error
	Locked() bool
}

func isLocked(err error) bool {
	var l locked
	return errors.As(err, &l) && l.Locked()
}

// awaitLock says since when somebody holds FRR's configuration, and tells when
// he lets go of it.
func (s *Supervisor) awaitLock(r *refusal) {
	held := r != nil && isLocked(r.err)
	switch {
	case held && s.lockedSince.IsZero():
		s.lockedSince = s.Now()
	case !held && !s.lockedSince.IsZero():
		s.Log.Info("FRR's configuration is not locked any more", "waited", s.Now().Sub(s.lockedSince).Round(time.Millisecond))
		s.lockedSince = time.Time{}
	}
	if held {
		r.err = &heldSince{r.err, s.lockedSince}
	}
}

// heldSince is a lock and since when it is waited for, in words that do not
// change while it is.
type heldSince struct {
	error
	since time.Time
}

func (h *heldSince) Error() string {
	// mgmtd 10.3 can keep the lock of a vtysh that was ended midway, or of a
	// daemon that it lost then, permanently.
	return h.error.Error() + "; waited for since " + h.since.UTC().Format("15:04:05 UTC") +
		"; if nobody is editing it, it is a lock that was left behind, and FRR's mgmtd has to be restarted"
}

func (h *heldSince) Unwrap() error { return h.error }
