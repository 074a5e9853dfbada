package report

import (
	"math/rand/v2"
	"time"
)

// retry spaces tries after failures: 0.5 s, 1 s, 2 s, 4 s, 4 s …, each up to half longer, so that the agents of a
// cluster do not come back to its API server all at once, and yet each within seconds.
type retry struct {
	failures int
	next     time.Time
}

func (r *retry) now() bool { return !time.Now().Before(r.next) }

func (r *retry) failing() bool { return r.failures > 0 }

func (r *retry) after(err error) {
	if err == nil {
		*r = retry{}
		return
	}
	wait := 500 * time.Millisecond << min(r.failures, 3)
	r.failures++
	r.next = time.Now().Add(wait + rand.N(wait/2))
}
