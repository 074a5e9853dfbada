//go:build linux

package gobgp

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8frr/k8frr/integration/lab"
)

// What is printed is what GoBGP prints of the same sessions, byte by byte, but for what is different: FRR gives its own
// routes a MED of 0, numbers no paths, has other capabilities, and says nowhere what it listens on.
func TestLayoutIsGoBGPs(t *testing.T) {
	t.Parallel()
	real := runReal(newGobgpd(t))
	settled(t, real)
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			ours := run(newRouter(t, version), t)
			settled(t, ours)
			for _, line := range []string{"neighbor", "neighbor 10.1.0.1", "neighbor fd00:1::1", "neighbor 10.1.0.6",
				"neighbor 10.1.0.1 adj-in", "neighbor 10.1.0.1 adj-out", "neighbor fd00:1::1 adj-in", "neighbor fd00:1::1 adj-out",
				"global", "global rib -a ipv4", "global rib -a ipv6", "global rib 20.0.0.0/24", "global rib 20.0.0.9",
				"global rib 20.0.0.0/8 longer-prefixes", "global rib 99.0.0.0/8"} {
				want, err := real(line)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ours(line)
				if err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(comparable(want), comparable(got)); diff != "" {
					t.Errorf("gobgp %s (-GoBGP +ours):\n%s", line, diff)
				}
			}
		})
	}
}

var differing = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(` \{Med: 0\}`), ""},
	{regexp.MustCompile(`(?m)^   [01]   `), "   0   "},
	{regexp.MustCompile(`(?m)^Listening Port: .*\n`), ""},
	{regexp.MustCompile(`(?s)(  Neighbor capabilities:\n).*(  Message statistics:\n)`), "$1$2"},
	{regexp.MustCompile(`Configured hold time is \d+, keepalive interval is \d+`), "Configured hold time is N, keepalive interval is N"},
}

func comparable(text string) string {
	text = still(text)
	for _, d := range differing {
		text = d.what.ReplaceAllString(text, d.by)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if strings.HasPrefix(text, "   Network") { // FRR's order is that of the prefixes, GoBGP's that of their text
		slices.Sort(lines[1:])
	}
	return strings.Join(lines, "\n")
}
