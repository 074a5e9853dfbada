//go:build linux

package agent

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// A thousand addresses at once, and away at once, beside a hundred that stay. Then nothing happens, and the agent rests.
func TestBurst(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		kept, burst := hosts(t, 1, 100), hosts(t, 10, 1000)
		n.add(kept...)
		n.announced(kept...)
		mark, logged, began := n.heard.Mark(), len(n.Logged()), time.Now()
		n.add(burst...)
		put := time.Since(began)
		n.announced(append(burst, kept...)...)
		t.Logf("1,000 addresses put on within %v, the last announced after %v", put.Round(time.Millisecond), n.last(mark).Sub(began).Round(time.Millisecond))
		n.undisturbed(mark)
		n.configured(1100)

		mark, began = n.heard.Mark(), time.Now()
		n.del(burst...)
		put = time.Since(began)
		n.mirrored(len(kept))
		n.announced(kept...)
		t.Logf("1,000 addresses taken off within %v, the last withdrawn after %v", put.Round(time.Millisecond), n.last(mark).Sub(began).Round(time.Millisecond))
		n.configured(100)
		staying := map[string]bool{}
		for _, p := range kept {
			staying[p] = true
		}
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down || e.Kind == listener.Withdrawn && staying[e.Prefix.String()] {
				t.Errorf("heard and not expected: %v", e)
			}
		}
		t.Logf("the agent logged %d lines about it", strings.Count(n.Logged()[logged:], "\n"))

		n.Silent()
		mark, logged = n.heard.Mark(), len(n.Logged())
		n.rests()
		if log := n.Logged()[logged:]; log != "" {
			t.Errorf("the agent has nothing to do, and says:\n%s", log)
		}
		n.quiet(mark)
	})
}

// rests waits for five seconds in which the agent uses a fiftieth of a processor at most. Whatever it still does, or the
// machine does with it, ends; what it does all the time does not.
func (n *node) rests() {
	n.t.Helper()
	var used time.Duration
	n.Until("the agent rests", func() bool {
		before := n.cpu()
		time.Sleep(5 * time.Second)
		used = n.cpu() - before
		return used <= 100*time.Millisecond
	}, func() any { return fmt.Sprintf("%v of CPU in 5 s", used) })
	n.t.Logf("at rest: %v of CPU in 5 s", used)
}

// hosts are host addresses with their mask, from 10.9.N.0 on.
func hosts(t *testing.T, n, count int) []string {
	t.Helper()
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprintf("10.9.%d.%d/32", n+i/250, i%250+1)
	}
	return list
}

// configured makes sure that FRR's configuration has so many mirrored routes, after zebra has: every vtysh that speaks to
// mgmtd (10.3) and ends while the agent enters many routes makes mgmtd forget them, and the agent enter them again.
func (n *node) configured(count int) {
	n.t.Helper()
	n.mirrored(count)
	if have := strings.Count(n.Vtysh("show running-config"), "kube-lb0 tag 7473 17"); have != count {
		n.t.Errorf("FRR's configuration has %d mirrored routes, not %d", have, count)
	}
}

// cpu is the processor time that the agent has used.
func (n *node) cpu() time.Duration {
	n.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.Process("agent").PID()))
	if err != nil {
		n.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after) // from the third on
	var ticks int
	for _, field := range fields[11:13] { // utime and stime, in hundredths of a second
		t, err := strconv.Atoi(field)
		if err != nil {
			n.t.Fatal(err)
		}
		ticks += t
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
