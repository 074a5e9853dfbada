//go:build linux

package gobgp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8frr/k8frr/integration/lab"
)

// lines are what PureLB's plugin and people type, by the name of the golden file.
var lines = map[string]string{
	"neighbor":          "neighbor",
	"neighbor-up":       "neighbor 10.1.0.1",
	"neighbor-v6":       "neighbor fd00:1::1",
	"neighbor-down":     "neighbor 10.1.0.9",
	"neighbor-shutdown": "neighbor 10.1.0.6",
	"adj-in":            "neighbor 10.1.0.1 adj-in",
	"adj-in-v6":         "neighbor fd00:1::1 adj-in",
	"adj-out":           "neighbor 10.1.0.1 adj-out",
	"adj-out-v6":        "neighbor fd00:1::1 adj-out",
	"global":            "global",
	"rib":               "global rib",
	"rib-v6":            "global rib -a ipv6",
	"rib-prefix":        "global rib 20.0.1.0/24",
	"rib-address":       "global rib 20.0.0.7",
	"rib-longer":        "global rib 20.0.0.0/8 longer-prefixes",
	"rib-absent":        "global rib 99.0.0.0/8",
	"short":             "-u 127.0.0.1 -p 50051 -d n",
	"quiet":             "-q neighbor",
	// Refused, each with a sentence and status 1.
	"unknown-neighbor": "neighbor 10.9.9.9",
	"not-established":  "neighbor 10.1.0.9 adj-in",
	"unknown-command":  "policy neighbor",
	"add":              "global rib add 10.0.0.0/8",
	"family":           "global rib -a evpn",
	"no-prefix":        "global rib frob",
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			r := newRouter(t, version)
			settled(t, run(r, t))
			for name, line := range lines {
				out, err := r.gobgp(t, line)
				if err != nil {
					_, said, _ := strings.Cut(err.Error(), "exit status ")
					out += "exit status " + said + "\n"
				}
				golden(t, filepath.Join("testdata", version.Name, name+".txt"), still(out))
			}
			testLarge(t, r)
		})
	}
}

// Without FRR there is a sentence that says where it was looked for.
func TestNoFRR(t *testing.T) {
	t.Parallel()
	r := newSite(t)
	program := filepath.Join(r.node.Dir(), "gobgp")
	if err := os.Symlink(agent, program); err != nil {
		t.Fatal(err)
	}
	_, err := r.node.Exec(within(t, patience), "env", "FRR_SOCKET_DIR="+r.node.Dir(), program, "neighbor")
	if err == nil || !strings.Contains(err.Error(), "exit status 1: FRR does not answer") || !strings.Contains(err.Error(), r.node.Dir()) {
		t.Error(err)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
