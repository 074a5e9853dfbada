package house

import (
	"slices"
	"strings"
	"testing"
)

// sound is a house that keeps the rules.
func sound() map[string][]string {
	return map[string][]string{
		"api/v1":             {"k8s.io/apimachinery/pkg/apis/meta/v1"},
		"api/fields":         {Module + "api/v1", "reflect"},
		"api/validate":       {Module + "api/v1", Module + "render/token", "net/netip"},
		"api/schema":         {Module + "deploy/crd", "context"},
		"api/manifest":       {Module + "api/schema", "io"},
		"api/client":         {Module + "api/v1", "k8s.io/client-go/rest"},
		"deploy/crd":         {"embed"},
		"templates":          {"embed"},
		"render":             {Module + "api/validate", Module + "templates", "log/slog", "time"},
		"render/token":       {"strings"},
		"supervise/plan":     {Module + "render"},
		"supervise/forecast": {Module + "supervise/plan", Module + "render/fleet"},
		"status":             {Module + "api/v1"},
		"status/fold":        {Module + "status"},
		"status/gobgp":       {Module + "status/view"},
		"status/view":        {Module + "api/v1"},
		"supervise":          {Module + "render", Module + "supervise/plan", "log/slog", "os"},
		"supervise/cluster":  {Module + "api/client", Module + "render"},
		"supervise/daemons":  {"os/exec", "net"},
		"supervise/files":    {Module + "api/manifest", "os"},
		"supervise/kernel":   {"github.com/vishvananda/netlink"},
		"supervise/vtysh":    {"net", "os/exec"},
		"cmd/k8frr":          {Module + "cmd/k8frr/internal/x", "os"},
		"integration/lab":    {Module + "integration/lab/listener", "os/exec"},
	}
}

func check(imports map[string][]string) []string {
	var packages []Package
	for path, list := range imports {
		packages = append(packages, Package{ImportPath: Module + path, Imports: list})
	}
	return Check(packages)
}

func TestASoundHousePasses(t *testing.T) {
	if broken := check(sound()); len(broken) > 0 {
		t.Error(broken)
	}
}

func TestEachBrokenRuleIsFound(t *testing.T) {
	for _, tc := range []struct{ from, to, says string }{
		{"api/validate", "net", "pure"},
		{"api/v1", "k8s.io/client-go/rest", "pure"},
		{"api/v1", Module + "api/client", "only pure ones"},
		{"api/schema", "log/slog", "pure"},
		{"api/manifest", "os", "pure"},
		{"render", "os", "pure"},
		{"render", "os/exec", "pure"},
		{"render", "log", "pure"},
		{"render", Module + "supervise", "only pure ones"},
		{"render/token", "log/slog", "pure"},
		{"render/token", "syscall", "pure"},
		{"templates", "io/ioutil", "pure"},
		{"supervise/plan", "github.com/vishvananda/netlink", "pure"},
		{"supervise/plan", Module + "supervise/vtysh", "only pure ones"},
		{"status", "net/http", "pure"},
		{"status", Module + "status/report", "only pure ones"},
		{"supervise/kernel", Module + "supervise/vtysh", "leaves"},
		{"supervise/files", Module + "supervise/cluster", "leaves"},
		{"supervise/cluster", Module + "supervise", "a leaf satisfies"},
		{"supervise", Module + "cmd/k8frr", "nothing rests on"},
		{"cmd/k8frr-agent", Module + "cmd/k8frr/internal/x", "nothing rests on"},
		{"cmd/k8frr", Module + "integration/lab", "nothing rests on"},
		{"integration/lab", Module + "cmd/k8frr", "nothing rests on"},
	} {
		house := sound()
		house[tc.from] = append(house[tc.from], tc.to)
		broken := check(house)
		if len(broken) != 1 || !strings.HasPrefix(broken[0], tc.from+" imports "+tc.to+": ") || !strings.Contains(broken[0], tc.says) {
			t.Errorf("%s imports %s: said %q", tc.from, tc.to, broken)
		}
	}
}

func TestARoomThatIsNotThereIsFound(t *testing.T) {
	house := sound()
	delete(house, "status")
	if broken := check(house); !slices.Equal(broken, []string{"there is no status, which the rules of the house name"}) {
		t.Error(broken)
	}
}

func TestImpureUsesAreFound(t *testing.T) {
	for _, tc := range []struct {
		src  string
		uses int
	}{
		{`package p; import "time"; var t = time.Now()`, 1},
		{`package p; import clock "time"; func f() { clock.Sleep(1); _ = clock.Since }`, 2},
		{`package p; import "time"; type t time.Time; const d = time.Second; var f = time.Unix`, 0},
		{`package p; var time struct{ Now func() }; func f() { time.Now() }`, 0},
		{`package p; import "log/slog"; func f() { slog.Info("x"); slog.Default().Warn("y") }`, 2},
		{`package p; import "log/slog"; func (s) LogValue() slog.Value { return slog.StringValue("") }`, 0},
	} {
		uses, err := impureUses("p.go", tc.src)
		if err != nil || len(uses) != tc.uses {
			t.Errorf("%s: %v %v", tc.src, uses, err)
		}
	}
}

func TestReadMessagesAreFound(t *testing.T) {
	for _, tc := range []struct {
		body  string
		reads int
	}{
		{`if strings.Contains(err.Error(), "not running") { f() }`, 1},
		{`said := strings.TrimSpace(err.Error()); if _, rest, ok := strings.Cut(said, ": "); ok { f(rest) }`, 1},
		{`said := err.Error(); first, _, _ := strings.Cut(said, ","); if first == "left out" { f() }`, 2},
		{`x := n.LastError; y := x; if strings.HasPrefix(y, "admin") { f() }`, 1},
		{`if c.Message == "Applied" { f() }`, 1},
		{`switch n.LastError { case "no route": f() }`, 1},
		{`if wrong.MatchString(c.Message) { f() }`, 1},
		{`if c.Message == "" || before.Error() != err.Error() { f() }`, 0},
		{`f(strings.TrimSuffix(err.Error(), "."), c.Message)`, 0},
		{`if strings.Contains(line, "neighbor ") || c.Reason == "Duplicate" { f() }`, 0},
	} {
		reads, err := messageReads("p.go", "package p; func g() {"+tc.body+"}")
		if err != nil || len(reads) != tc.reads {
			t.Errorf("%s: %v %v", tc.body, reads, err)
		}
	}
}
