//go:build linux

package hostile

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// sound looks at everything that the agent and k8frr print about these neighbors.
func (n *node) sound(t *testing.T, when string, neighbors ...netip.Addr) {
	t.Helper()
	printed := 0
	check := func(what, text string, longest int) {
		t.Helper()
		if why := obeyed(text, longest); why != "" {
			t.Errorf("%s: %s: %s", when, what, why)
		}
		printed++
	}
	report, err := os.ReadFile(n.Status)
	if err != nil {
		t.Fatal(err)
	}
	check("BGPNodeStatus", string(report), 8192)
	log := n.Logged()
	check("log", log, 64<<10) // a plan is one line
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("%s: a line of the log is not the agent's: %q", when, line)
		}
	}
	for _, path := range []string{"7473/metrics", "7474/healthz", "7474/readyz", "7473/", "7474/"} {
		ctx, cancel := n.Deadline()
		_, body, err := n.Get(ctx, "http://127.0.0.1:"+path)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		check(path, body, 4096)
		if path == "7473/metrics" {
			labels(t, when, body)
		}
	}

	for _, command := range []string{"status --all", "sessions", "node", "node node", "dataplane", "dataplane 10.200.0.5"} {
		for _, format := range []string{"wide", "json"} {
			args := append(strings.Fields(command), "-f", n.Status, "-o", format)
			out := n.run(k8frr, args...)
			check("k8frr "+strings.Join(args, " "), out, 8192)
			if format == "json" && !json.Valid([]byte(out)) {
				t.Errorf("%s: k8frr %s is no JSON: %.300q", when, command, out)
			}
		}
	}

	gobgp := filepath.Join(n.Dir(), "gobgp")
	_ = os.Symlink(agent, gobgp) // it may be there
	lines := []string{"neighbor", "global rib 20.10.4.0/24"}
	for _, a := range neighbors {
		lines = append(lines, "neighbor "+a.String())
	}
	if len(neighbors) > 0 {
		lines = append(lines, "global rib", "global rib summary", "neighbor "+neighbors[0].String()+" adj-in")
	}
	for _, line := range lines {
		n.gobgp(t, gobgp, line, check)
	}
	t.Logf("%s: %d outputs", when, printed)
}

// gobgp asks as text and as JSON.
func (n *node) gobgp(t *testing.T, program, line string, check func(what, text string, longest int)) {
	t.Helper()
	const longest = 64 << 10 // a line of many routes' attributes
	table := n.run(program, strings.Fields(line)...)
	check("gobgp "+line, strings.ReplaceAll(table, "\t", " "), longest) // GoBGP itself prints tabs
	out := n.run(program, append([]string{"-j"}, strings.Fields(line)...)...)
	check("gobgp -j "+line, out, 1<<20)
	if (out[0] == '{' || out[0] == '[') && !json.Valid([]byte(out)) {
		t.Errorf("gobgp -j %s is no JSON: %.300q", line, out)
	}
}

// obeyed says what in a text a terminal would obey, or which line is too long; "" if nothing is.
func obeyed(text string, longest int) string {
	if !utf8.ValidString(text) {
		return "it is no UTF-8"
	}
	for line := range strings.Lines(text) {
		for i, r := range line {
			if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				return fmt.Sprintf("%U in %.300q", r, line[max(i-100, 0):])
			}
		}
		if len(line) > longest {
			return fmt.Sprintf("a line of %d bytes: %.300q", len(line), line)
		}
	}
	return ""
}

// labels makes sure that Prometheus understands every metric, and that no peer has a word in them.
func labels(t *testing.T, when, text string) {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				for _, word := range []string{"evil", "owned"} {
					if strings.Contains(name+l.GetName()+l.GetValue(), word) {
						t.Errorf("%s: %s has the label %s=%q", when, name, l.GetName(), l.GetValue())
					}
				}
			}
		}
	}
}
