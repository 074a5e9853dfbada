//go:build linux

package chaos

import (
	"io"
	"os"
	"regexp"
	"time"
)

var (
	// crash is what a program prints that has gone down, Go's and FRR's.
	crash = regexp.MustCompile(`(?im)^.*(panic:|fatal error:|^goroutine \d+ \[|assert(ion)?\b.*failed|failed assert|received signal (4|6|7|8|11)\b|double free|stack smashing|segmentation fault|core dumped).*$`)
	// aborts are assertions of mgmtd 10.3 that do not hold when two vtysh come at once, as when one loads frr.conf at FRR's start:
	// FRR's own fault. Whoever keeps FRR's daemons (watchfrr, k8frr-frr) starts it again.
	aborts = regexp.MustCompile(`mgmtd/mgmt_\w+\.c:\d+: \w+\(\): assertion .* failed`)
	// lastWords are those of an mgmtd 10.3 that is told to end while somebody has its lock: it aborts when all is over.
	lastWords = regexp.MustCompile(`lib/vty\.c:\d+: vty_mgmt_send_lockds_req\(\): assertion \(mgmt_fe_client\) failed`)
)

// crashes are how much of each log has been looked through.
type crashes map[string]int64

// crashed makes sure that every program runs, when nothing is broken, and that none of them has crashed. An mgmtd that has
// aborted is started again, and told of.
func (w *world) crashed() {
	w.Helper()
	for _, n := range w.nodes {
		for _, name := range append([]string{"agent"}, n.FRR.Version.Daemons...) {
			p := n.Process(name)
			said := w.said(p.Log)
			abort := ""
			if name == "mgmtd" {
				abort = aborts.FindString(said)
			}
			at := crash.FindStringIndex(said)
			switch {
			case lastWords.MatchString(said) && p.Running():
				w.Logf("%s: an mgmtd that was ended has aborted in doing so", n.Host.Name)
			case abort != "":
				w.aborted++
				w.Logf("%s: mgmtd has aborted by itself: %s", n.Host.Name, abort)
				select {
				case <-p.Done():
					n.FRR.StartDaemon(name)
				case <-time.After(*patience):
					w.Errorf("%s: it has not ended", n.Host.Name)
				}
			case at != nil:
				w.Errorf("%s: %s has crashed: %s", n.Host.Name, name, said[at[0]:min(len(said), at[1]+2000)])
			case !p.Running():
				w.Errorf("%s: %s has ended (%v), and no fault ended it", n.Host.Name, name, p.Err())
			}
		}
	}
	if p := w.leaf.Process("bird"); !p.Running() {
		w.Errorf("the leaf's BIRD has ended (%v), and no fault ended it", p.Err())
	}
}

// said is what was added to a log since the last time.
func (w *world) said(path string) string {
	w.Helper()
	f, err := os.Open(path)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, w.log[path], 1<<30))
	if err != nil {
		w.Fatal(err)
	}
	w.log[path] += int64(len(text))
	return string(text)
}
