package supervise

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/status"
)

// TestSilence checks that FRR's silence is reported once while a script is applied, and that the loop counts as alive
// as long as the script may run.
func TestSilence(t *testing.T) {
	var log bytes.Buffer
	now, told := time.Unix(1_800_000_000, 0), 0
	s := New(Options{ConfigDir: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now }, Silent: func() { told++ }})
	began := now
	for range 3 {
		now = now.Add(time.Minute)
		s.Applying(0, 10*time.Minute)
	}
	if told != 0 || !s.State().At.Equal(began) || !s.Turned().Equal(now) {
		t.Errorf("while FRR answers: told %d times, alive at %v", told, s.Turned())
	}
	for range 3 {
		now = now.Add(time.Minute)
		s.Applying(20*time.Second, 10*time.Minute)
	}
	if a := s.State().Applied; a.Outcome != status.OutcomePending || !strings.Contains(a.Message, "not answered for 20s") || !strings.Contains(a.Message, "10m0s") {
		t.Errorf("%s: %s", a.Outcome, a.Message)
	}
	if n := strings.Count(log.String(), "does not answer"); told != 1 || n != 1 || !s.Turned().Equal(now) {
		t.Errorf("told %d times, logged %d times, alive at %v", told, n, s.Turned())
	}
}
