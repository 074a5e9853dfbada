//go:build linux

package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
)

// oracle is what frr-reload.py, which FRR comes with, has been asked.
type oracle struct {
	mu     sync.Mutex
	agreed int
	faults map[string]int
}

// fault is something that frr-reload.py does wrong in its first run, where the
// plan and a fresh load agree. testdata/oracle has the smallest case of each.
type fault struct {
	name string
	// explains reports whether it makes a line be there (+) or not be there (-),
	// after a run of which the log is known.
	explains func(line, log string) bool
}

// answer is what a run of frr-reload.py leaves otherwise than it should be:
// lines with a + that should not be there, and with a - that should.
type answer struct {
	wrong []string
	runs  int // after which all is as it should be; 4 if it never is
	log   string
}

// ask has frr-reload.py take an FRR that runs the beginning of a transition to
// its end, again if need be. What a run leaves that was cut off after its limit
// is no answer: it is asked again from the beginning, with twice the time.
func (tr *transition) ask(t *testing.T, n *node, expected []string, limit time.Duration) answer {
	t.Helper()
	for ; ; limit *= 2 {
		a, ended := tr.askOnce(t, n, expected, limit)
		if ended {
			return a
		}
		if limit > patience {
			t.Fatalf("frr-reload.py does not end within %v", limit)
		}
		t.Logf("frr-reload.py was cut off after %v", limit)
	}
}

// reloadLimit is how long a run of frr-reload.py may take at first. It takes half a second where the machine is not busy.
const reloadLimit = 2 * time.Minute

// askOnce reports the answer, and whether every run ended by itself.
func (tr *transition) askOnce(t *testing.T, n *node, expected []string, limit time.Duration) (a answer, ended bool) {
	t.Helper()
	n.load(t, tr.from)
	n.enter(t, tr.byHand)
	if err := n.WriteFile("wanted.conf", tr.wanted+tr.stays); err != nil {
		t.Fatal(err)
	}
	for a.runs = 1; a.runs < 4; a.runs++ {
		ctx := within(t, limit)
		said, err := n.Reload(ctx, filepath.Join(n.ConfigDir, "wanted.conf"))
		if ctx.Err() != nil {
			return a, false
		}
		wrong := difference(expected, shown(n.running(t)))
		if a.runs == 1 {
			if a.wrong, a.log = wrong, said; err != nil {
				a.log += fmt.Sprintf("frr-reload.py: %v\n", err)
			}
		}
		if len(wrong) == 0 {
			break
		}
	}
	return a, true
}

// consult asks frr-reload.py; what it does wrong must be known of it.
func (tr *transition) consult(t *testing.T, o *oracle, n *node, expected []string, name string) {
	t.Helper()
	a := tr.ask(t, n, expected, reloadLimit)
	if rest := o.unexplained(a); len(rest) > 0 {
		file := filepath.Join(os.TempDir(), "k8frr-oracle-"+name+"-frr-"+n.Version.Name+".txtar")
		err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: []byte(a.log), Files: tr.files()}), 0o600)
		t.Errorf("frr-reload.py ends otherwise, for no known reason; is right after %d runs; %s (write: %v):\n%s", a.runs, file, err, strings.Join(rest, "\n"))
	}
}

// unexplained are the lines that no known fault explains; the faults that
// explain others are counted.
func (o *oracle) unexplained(a answer) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if strings.Contains(a.log, "\nTraceback (most recent call last)") {
		o.faults["crashed"]++ // no verdict
		return nil
	}
	var rest []string
	seen := map[string]bool{}
	for _, line := range a.wrong {
		i := slices.IndexFunc(faults, func(f fault) bool { return f.explains(line, a.log) })
		if i < 0 {
			rest = append(rest, line)
			continue
		}
		seen[faults[i].name] = true
	}
	for name := range seen {
		o.faults[name]++
	}
	if len(a.wrong) == 0 {
		o.agreed++
	}
	return rest
}

func (o *oracle) String() string {
	return fmt.Sprintf("frr-reload.py agreed in its first run %d times, and was wrong by a known fault: %v", o.agreed, o.faults)
}

// difference are the lines that only one list has.
func difference(want, got []string) []string {
	var list []string
	for _, line := range want {
		if !slices.Contains(got, line) {
			list = append(list, "-"+line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			list = append(list, "+"+line)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// faults are those that were found.
var faults = []fault{
	// Before a VRF is there, bgpd 8.4 refuses `vrf X`, and what is meant for X is
	// entered for the default VRF, over what was there. Within an instance bgpd
	// takes it for a `vrf-policy X`.
	{"vrf-refused", func(line, log string) bool {
		return strings.Contains(log, "to bgpd, line: vrf ") && (strings.Contains(line, " protocol bgp route-map ") || strings.HasPrefix(line[1:], "vrf ") ||
			strings.HasPrefix(line, "+ip route ") || strings.HasPrefix(line, "+ipv6 route ") ||
			strings.HasPrefix(line, "+router bgp ") && (strings.Contains(line, " / vrf-policy ") || strings.HasSuffix(line, " / vnc defaults")))
	}},
}

// TestOracleFaults shows each known fault of frr-reload.py on the smallest case
// of it, which a plan gets right.
func TestOracleFaults(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		l := lab.New(t)
		planned, fresh := start(t, l.Host("planned"), v), start(t, l.Host("fresh"), v)
		for _, f := range faults {
			files, err := filepath.Glob("testdata/oracle/" + f.name + "*.txtar")
			if err != nil || len(files) != 1 {
				t.Fatalf("%s: one case is needed: %v %v", f.name, files, err)
			}
			if _, only, limited := strings.Cut(strings.TrimSuffix(files[0], ".txtar"), "-frr-"); limited && only != v.Name {
				continue
			}
			t.Run(f.name, func(t *testing.T) {
				tr := parse(t, files[0])
				wanted := fresh.load(t, tr.wanted)
				if err := tr.judge(t, planned, fresh); err != nil {
					t.Error(err)
				}
				a := tr.ask(t, planned, shown(wanted), reloadLimit)
				if len(a.wrong) == 0 {
					t.Error("frr-reload.py gets it right")
				}
				for _, line := range a.wrong {
					if !f.explains(line, a.log) {
						t.Errorf("it does not explain %s", line)
					}
				}
			})
		}
	})
}

// A run of frr-reload.py that is cut off gives no answer.
func TestOracleIsCutOff(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		n := start(t, lab.New(t).Host("node"), v)
		const instance = "router bgp 65000\n bgp router-id 10.0.0.1\n neighbor 10.1.0.1 remote-as 65001\nexit\n"
		tr := transition{from: instance, wanted: instance + "ip prefix-list NEW seq 5 permit 10.0.0.0/8\n"}
		expected := shown(n.load(t, tr.wanted))
		if a, ended := tr.askOnce(t, n, expected, time.Millisecond); ended {
			t.Errorf("it ended within a millisecond: %+v", a)
		}
		if a := tr.ask(t, n, expected, time.Millisecond); a.runs != 1 || len(a.wrong) > 0 {
			t.Errorf("asked again it is wrong: %+v", a)
		}
	})
}
