package supervise

import "time"

// bfddPause is how long a bfdd that ended is waited for. Until then its sessions
// keep their BFD, so that a restart of bfdd changes nothing.
const bfddPause = 15 * time.Second

// hasBFD reports whether this FRR has a bfdd. One that cannot bind its ports
// aborts at each start and leaves its socket behind; the configuration then runs
// without BFD, as it does where none was started.
func (s *Supervisor) hasBFD(daemons map[string]error) bool {
	err, known := daemons["bfdd"]
	switch {
	case !known:
		return false
	case err == nil:
		s.bfddGone = time.Time{}
		return true
	case s.bfddGone.IsZero():
		s.bfddGone = s.Now()
	}
	return s.Now().Sub(s.bfddGone) < bfddPause
}
