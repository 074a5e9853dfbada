package daemons

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

func new10(string) bool     { return true }
func old8(name string) bool { return name != "mgmtd" }

func names(daemons []Daemon) string {
	var all []string
	for _, d := range daemons {
		all = append(all, d.Name)
	}
	return strings.Join(all, " ")
}

func TestWanted(t *testing.T) {
	for _, tc := range []struct {
		file string
		has  func(string) bool
		want string
	}{
		{"", new10, "mgmtd zebra staticd bgpd"},
		{"", old8, "zebra staticd bgpd"},
		{"bfdd=no\n", new10, "mgmtd zebra staticd bgpd"},
		{"bfdd=yes\n", new10, "mgmtd zebra staticd bfdd bgpd"},
		{"#bfdd=yes\nbfdd=\"yes\" # for ToRs\n", old8, "zebra staticd bfdd bgpd"},
		{render.Daemons(&render.Config{UsesBFD: true}), old8, "zebra staticd bfdd bgpd"},
	} {
		if got := names(Wanted(tc.file, tc.has)); got != tc.want {
			t.Errorf("%q asks for %s, not %s", tc.file, got, tc.want)
		}
	}
}

// The options are those that a shell would read from the same file.
func TestOptions(t *testing.T) {
	file := render.Daemons(&render.Config{ListenPort: 1790}) + "frr_global_options='-M snmp'\nzebra_options=--v6-rr-semantics\n"
	got := map[string]string{}
	for _, d := range Wanted(file, new10) {
		got[d.Name] = strings.TrimPrefix(strings.Join(d.Args, " "), strings.Join(common, " ")+" ")
	}
	for name, want := range map[string]string{"bgpd": "-M snmp -A 127.0.0.1 -p 1790", "zebra": "-M snmp --v6-rr-semantics"} {
		if got[name] != want {
			t.Errorf("%s runs with %q, not %q", name, got[name], want)
		}
	}
}

// A distribution's own file is understood.
func TestDebiansFile(t *testing.T) {
	text, err := os.ReadFile("testdata/daemons")
	if err != nil {
		t.Fatal(err)
	}
	wanted := Wanted(string(text), new10)
	if got := names(wanted); got != "mgmtd zebra staticd bgpd" {
		t.Errorf("it asks for %s", got)
	}
	if args := wanted[1].Args; !slices.Equal(args[len(args)-4:], []string{"-A", "127.0.0.1", "-s", "90000000"}) {
		t.Errorf("zebra runs with %q", args)
	}
}

// When the agent writes the file for the first time, no daemon is started again for it.
func TestTheFirstFileChangesNothing(t *testing.T) {
	before, after := Wanted("", new10), Wanted(render.Daemons(&render.Config{Node: "worker-1"}), new10)
	if !slices.EqualFunc(before, after, func(a, b Daemon) bool { return a.Name == b.Name && slices.Equal(a.Args, b.Args) }) {
		t.Errorf("without a file %v, with one %v", before, after)
	}
}

func TestRestartOf(t *testing.T) {
	for text, want := range map[string]restart{
		"": {false, "120"},
		"router bgp 1\n bgp graceful-restart restart-time 60\n":                          {false, "60"},
		"router bgp 1\n bgp graceful-restart restart-time 60\n bgp graceful-restart\n":   {true, "60"},
		"router bgp 1\n bgp graceful-restart\r\n":                                        {true, "120"},
		"router bgp 1\n neighbor 10.1.1.1 graceful-restart\n":                            {true, "120"},
		"router bgp 1\n bgp graceful-restart-disable\n":                                  {false, "120"},
		"router bgp 1\n neighbor X graceful-restart-helper\n":                            {false, "120"},
		"router bgp 1\n bgp graceful-restart preserve-fw-state\n":                        {false, "120"},
		"router bgp 1\n neighbor X description bgp graceful-restart\n":                   {false, "120"},
		"router bgp 1\n no bgp graceful-restart\n bgp graceful-restart restart-time x\n": {false, "120"},
	} {
		if got := restartOf(text); got != want {
			t.Errorf("%q says %v, not %v", text, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	var got []string
	w := &lines{each: func(line string) { got = append(got, line) }}
	for _, part := range []string{"2026/11/23 05:05:01 BGP: [T83RR-8SM5G] bgpd 10.3 ", "starting\n\n  2026/11/23 05:05:01.123456 ZEBRA: a\r\nplain", " end\n",
		"2026/11/23 08:33:12 BGP: [Q3JZC-9H626] Specify remote-as or peer-group commands first before: neighbor 10.1.0.2 password hunter2\n",
		strings.Repeat("x", longest+1)} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("writing %d bytes: %d, %v", len(part), n, err)
		}
	}
	want := []string{"[T83RR-8SM5G] bgpd 10.3 starting", "a", "plain end",
		"[Q3JZC-9H626] Specify remote-as or peer-group commands first before: neighbor 10.1.0.2 password <redacted>", strings.Repeat("x", longest+1)}
	if !slices.Equal(got, want) {
		t.Errorf("read %q, not %q", got, want)
	}
}
