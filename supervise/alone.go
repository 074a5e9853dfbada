package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/status"
)

// lockFile is what an agent holds locked (flock(2)) as long as it keeps the FRR
// whose frr.conf is beside it.
const lockFile = "k8frr-agent.lock"

const lockPace = time.Second

// alone waits until no other agent keeps this FRR: two would undo each other's
// work permanently. The lock ends with the process, however that ends. Where files
// cannot be locked, the agent goes on without.
func (s *Supervisor) alone(ctx context.Context) (release func(), err error) {
	path := filepath.Join(s.ConfigDir, lockFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		s.Log.Warn("that no other agent keeps this FRR cannot be made sure of", "error", err)
		return func() {}, nil
	}
	release = func() { _ = f.Close() }
	began := s.Now()
	for told := false; ; told = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			if told {
				s.Log.Info("the other agent has ended", "waited", s.Now().Sub(began).Round(time.Millisecond))
			}
			return release, nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			s.Log.Warn("that no other agent keeps this FRR cannot be made sure of", "file", path, "error", err)
			return release, nil
		case !told:
			s.Log.Warn("another agent keeps this FRR; waiting for its end", "file", path)
		}
		next := *s.state.Load()
		next.At = s.Now()
		next.Applied.Outcome = status.OutcomePending
		next.Applied.Message = "another k8frr-agent keeps this FRR (it holds " + path + " locked); this one waits for its end"
		s.state.Store(&next)
		select {
		case <-ctx.Done():
			release()
			return nil, ctx.Err()
		case <-time.After(lockPace):
		}
	}
}
