package supervise

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// births are when daemons made their sockets, which each does when it starts,
// and only then.
type births map[string]time.Time

// born tells of daemons that were restarted, once all of them answer again.
func (s *Supervisor) born(daemons map[string]error) {
	if s.SocketDir == "" {
		return
	}
	now := births{}
	for name := range daemons {
		if info, err := os.Lstat(filepath.Join(s.SocketDir, name+".vty")); err == nil {
			now[name] = info.ModTime()
		}
	}
	restarted := s.births.before(now)
	if s.births == nil {
		s.births = births{}
	}
	maps.Copy(s.births, now)
	if slices.Contains(restarted, "zebra") {
		s.proof.Reborn()
	}
	if len(restarted) > 0 {
		s.Log.Warn("FRR was restarted", "daemons", strings.Join(restarted, ", "))
		s.Restarted(restarted)
	}
}

// before are the daemons that have been born again since.
func (b births) before(now births) []string {
	var names []string
	for name, at := range now {
		if was, known := b[name]; known && !was.Equal(at) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
