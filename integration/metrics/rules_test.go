//go:build linux

package metrics

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

const monitoring = "../../deploy/monitoring/"

type ruleFile struct {
	Groups []group `json:"groups"`
}

type group struct {
	Name  string `json:"name"`
	Rules []rule `json:"rules"`
}

type rule struct {
	Alert       string            `json:"alert,omitempty"`
	Record      string            `json:"record,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// rules are those of the PrometheusRule.
func rules(t *testing.T) ruleFile {
	t.Helper()
	text, err := os.ReadFile(monitoring + "prometheusrule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var object struct {
		Spec ruleFile `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object.Spec
}

func (f ruleFile) all() []rule {
	var all []rule
	for _, g := range f.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func (f ruleFile) write(t *testing.T, path string) {
	t.Helper()
	text, err := yaml.Marshal(f)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// promtool runs Prometheus's own tool (Debian package prometheus).
func promtool(t *testing.T, stdin []byte, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "promtool", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestAlerts(t *testing.T) {
	dir := t.TempDir()
	f := rules(t)
	f.write(t, filepath.Join(dir, "rules.yaml"))
	promtool(t, nil, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(dir, "rules.yaml"))
	for i := range f.Groups {
		for j := range f.Groups[i].Rules {
			f.Groups[i].Rules[j].Annotations = nil
		}
	}
	f.write(t, filepath.Join(dir, "bare.yaml"))
	for _, name := range []string{"alerts.yaml", "annotations.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		promtool(t, nil, "test", "rules", path)
		if name != "alerts.yaml" {
			continue
		}
		for _, r := range rules(t).all() {
			if !bytes.Contains(text, []byte("alertname: "+r.Alert+"\n    exp_alerts: [{")) {
				t.Errorf("no test has the alert %s fire", r.Alert)
			}
			if !bytes.Contains(text, []byte("alertname: "+r.Alert+"}")) {
				t.Errorf("no test has the alert %s not fire", r.Alert)
			}
		}
	}
}

// Every alert says what is wrong and where to read on, and there it is.
func TestRunbook(t *testing.T) {
	text, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := regexp.MustCompile(`(?m)^## (\S+)$`).FindAllSubmatch(text, -1)
	var alerts []string
	for _, r := range rules(t).all() {
		alerts = append(alerts, r.Alert)
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" ||
			r.Annotations["runbook_url"] != "https://github.com/k8frr/k8frr/blob/main/docs/alerts.md#"+strings.ToLower(r.Alert) {
			t.Errorf("%s: %v %v", r.Alert, r.Labels, r.Annotations)
		}
		if !bytes.Contains(text, []byte("\n## "+r.Alert+"\n")) {
			t.Errorf("docs/alerts.md has no section %s", r.Alert)
		}
	}
	for _, s := range sections {
		if !slices.Contains(alerts, string(s[1])) {
			t.Errorf("docs/alerts.md has a section %s, and there is no such alert", s[1])
		}
	}
}

// dashboardExpressions are the queries of the dashboard's panels and variables.
func dashboardExpressions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(monitoring + "dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		UID        string `json:"uid"`
		Title      string `json:"title"`
		Templating struct {
			List []struct {
				Type  string `json:"type"`
				Query any    `json:"query"`
			} `json:"list"`
		} `json:"templating"`
		Panels []struct {
			ID      int    `json:"id"`
			Title   string `json:"title"`
			Type    string `json:"type"`
			GridPos struct{ H, W, X, Y int }
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var all []string
	ids := map[int]bool{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d %q is twice there, or has no title, place or query", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	for _, v := range dashboard.Templating.List {
		if q, ok := v.Query.(string); ok && v.Type == "query" {
			inner := regexp.MustCompile(`^label_values\((.*), *\w+\)$`).FindStringSubmatch(q)
			if inner == nil {
				t.Errorf("the variable's query %q is no label_values", q)
				continue
			}
			all = append(all, inner[1])
		}
	}
	if len(all) < 20 || dashboard.UID == "" {
		t.Errorf("the dashboard has %d queries", len(all))
	}
	return all
}

// Every query of the dashboard is one that Prometheus takes.
func TestDashboardParses(t *testing.T) {
	replace := strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$node", ".*", "$neighbor", ".*", "$job", "k8frr")
	f := ruleFile{Groups: []group{{Name: "dashboard"}}}
	for _, expr := range dashboardExpressions(t) {
		f.Groups[0].Rules = append(f.Groups[0].Rules, rule{Record: "a:dashboard:query", Expr: replace.Replace(expr)})
	}
	path := filepath.Join(t.TempDir(), "dashboard.yaml")
	f.write(t, path)
	promtool(t, nil, "check", "rules", "--lint=none", path)
}
