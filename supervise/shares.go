package supervise

import (
	"context"
	"maps"
	"slices"

	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/proof"
)

// eachHas makes sure that each daemon has its share of what is shown to run, and
// tells those again that do not, unless one refused something. It returns what
// they lack in the end.
func (s *Supervisor) eachHas(ctx context.Context, wanted string, refused bool) (*plan.Plan, error) {
	dialect, err := s.dialectOf(ctx)
	if err != nil {
		return nil, err
	}
	for again := false; ; again = true {
		if _, err := s.read(ctx); err != nil {
			return nil, err
		}
		lacking := proof.Lacking(s.shown, wanted, dialect)
		left := &plan.Plan{}
		for _, daemon := range slices.Sorted(maps.Keys(lacking)) {
			left.Steps = append(left.Steps, lacking[daemon].Steps...)
		}
		if again || refused || left.Empty() {
			return left, nil
		}
		if err := s.Router.Apply(ctx, left.Script()); err != nil && !isRefusal(err) {
			return nil, err
		}
		s.forget()
	}
}
