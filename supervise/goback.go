package supervise

import (
	"context"
	"errors"
	"time"

	"github.com/k8frr/k8frr/supervise/plan"
)

// How long FRR is told to go back before that is left to the next look.
const (
	mostReturns = 4
	returnPause = 100 * time.Millisecond
)

// goBack takes back what FRR took of a configuration: it enters, in the order of
// a plan, whatever differs from what ran before, until nothing does. The inverse
// of the plan that failed would also take back what was never taken, and FRR 8.4
// does not stand that: its route maps forget lists that are entered again.
//
// Mirrored routes are the kernel's, who is asked again at once. Lines of the
// operator's that are too much go when the last good configuration is settled.
func (s *Supervisor) goBack(ctx context.Context, before string) error {
	var said error
	for n := 0; ; n++ {
		s.forget()
		now, err := s.read(ctx)
		if err != nil {
			return errors.Join(said, err)
		}
		_, left := plan.Between(now, before).Mirror(before)
		switch {
		case left.Empty():
			return nil
		case n == mostReturns || isLocked(said):
			s.forget()
			return errors.Join(said, errors.New(plan.Summary(left.Differences())))
		case n > 0:
			select {
			case <-ctx.Done():
				return errors.Join(said, ctx.Err())
			case <-time.After(returnPause << n):
			}
		}
		said = s.Router.Apply(ctx, left.Script())
	}
}
