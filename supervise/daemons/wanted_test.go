package daemons

import (
	"net/netip"
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
		wanted, _ := Wanted(tc.file, tc.has)
		if got := names(wanted); got != tc.want {
			t.Errorf("%q asks for %s, not %s", tc.file, got, tc.want)
		}
	}
}

// What the agent writes is what daemons are started with.
func TestOptions(t *testing.T) {
	addresses := []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")}
	for _, tc := range []struct {
		config render.Config
		listen string
	}{
		{render.Config{}, "-p 179"},
		{render.Config{ListenPort: 1790}, "-p 1790"},
		{render.Config{ListenPort: -1, ListenAddresses: addresses}, "-p 0"},
		{render.Config{ListenPort: 1790, ListenAddresses: addresses}, "-p 1790 -l 10.0.0.1 -l fd00::1"},
	} {
		wanted, dropped := Wanted(render.Daemons(&tc.config), new10)
		if len(dropped) > 0 {
			t.Errorf("%+v: %q is dropped", tc.config, dropped)
		}
		for _, d := range wanted {
			options := []string{"-A", "127.0.0.1"}
			if d.Name == "zebra" {
				options = append(options, "-s", "90000000")
			}
			if !slices.Equal(d.Args, slices.Concat(common, options)) {
				t.Errorf("%s runs with %q", d.Name, d.Args)
			}
			if d.Name == "bgpd" && d.Listen.String() != tc.listen {
				t.Errorf("bgpd runs with %v, not %s", d.Listen, tc.listen)
			}
		}
	}
}

// No line of the file makes a daemon do what an agent must not be able to do.
func TestHostileFile(t *testing.T) {
	for _, line := range []string{
		`bgpd_options="-A 127.0.0.1 -M /etc/frr/evil.so"`, `bgpd_options="-M snmp"`, `bgpd_options="-M=snmp"`, `bgpd_options="--module /etc/frr/evil.so"`,
		`bgpd_options="-u root"`, `bgpd_options="-uroot -g root"`, `zebra_options="--user=root"`, `bgpd_options="-S"`, `bgpd_options="--skip_runas"`,
		`bgpd_options="-f /etc/shadow"`, `bgpd_options="-i /etc/passwd"`, `bgpd_options="-z /tmp/evil.api"`, `bgpd_options="-N ../../tmp"`,
		`bgpd_options="--vty_socket /etc/frr"`, `bgpd_options="--moduledir /etc/frr"`, `bgpd_options="--scriptdir /etc/frr"`, `bgpd_options="--log file:/usr/bin/x"`,
		`bgpd_options="-P 2605 -A 0.0.0.0"`, `bgpd_options="-A ::"`, `bgpd_options="-d"`, `bgpd_options="-C"`, `bgpd_options="-n"`, `bgpd_options="-t"`,
		`bgpd_options="-p 99999"`, `bgpd_options="-p 1 -M x"`, `bgpd_options="-p"`, `bgpd_options="-l foo"`, `bgpd_options="-l fe80::1%eth0"`, `bgpd_options="-l"`,
		`zebra_options="-s 1"`, `zebra_options="-s 99999999999"`, `zebra_options="-K 60"`, `zebra_options="-r"`, `zebra_options="-p 1790"`,
		`mgmtd_options="-l 10.0.0.1"`, `frr_global_options="-M /etc/frr/evil.so"`, `all_wrap="/etc/frr/evil"`, `bgpd_wrap="/etc/frr/evil"`,
		`watchfrr_options="--netns"`, `MAX_FDS=1`, `FRR_NO_ROOT="yes"`, `frr_profile="datacenter"`, `LD_PRELOAD=/etc/frr/evil.so`, `PATH=/etc/frr`,
		`vtysh_enable=$(id)`, "bgpd_options=`id`", `bgpd_options="$(id)"`, `. /etc/frr/evil`, `eval id`, `bfdd=yes; id`, `export bfdd=yes`, `bgpd_options="-A 127.0.0.1" id`,
		`bgpd_options="-A`, `k8frr_bgpd_options="-M /etc/frr/evil.so"`, `evild_options="-M x"`, "bgpd_options=\"-A\t127.0.0.2\"", `bgpd_options="\x2dM x"`,
	} {
		wanted, dropped := Wanted(line+"\n", new10)
		if len(dropped) == 0 {
			t.Errorf("%s: nothing is said to be dropped", line)
		}
		for _, d := range wanted {
			for i, arg := range d.Args {
				if i < len(common) && arg == common[i] || slices.Contains([]string{"-A", "127.0.0.1", "-s", "90000000"}, arg) {
					continue
				}
				t.Errorf("%s: %s is started with %q", line, d.Name, d.Args)
			}
			if d.Name == "bgpd" && d.Listen.Port != 179 && d.Listen.Port != 1 {
				t.Errorf("%s: bgpd listens as %v says", line, d.Listen)
			}
		}
	}
	for _, name := range []string{"bfdd", "watchfrr", "bash"} {
		if wanted, _ := Wanted(name+"=yes; true\n", new10); names(wanted) != "mgmtd zebra staticd bgpd" {
			t.Errorf("%s is started", name)
		}
	}
	if _, dropped := Wanted(strings.Repeat("x y z\n", 10000), new10); len(dropped) > mostDropped {
		t.Errorf("%d lines are said to be dropped", len(dropped))
	}
}

// What is declared and cannot all be had is told apart from what FRR's own scripts start.
func TestDeclaredOptions(t *testing.T) {
	for _, order := range []string{"bgpd_options=\"-p 0\"\nk8frr_bgpd_options=\"-p 1790\"\n", "k8frr_bgpd_options=\"-p 1790\"\nbgpd_options=\"-p 0\"\n"} {
		wanted, dropped := Wanted(order, old8)
		if got := wanted[2].Listen.String(); got != "-p 1790" || dropped != nil {
			t.Errorf("%q: %s, %q dropped", order, got, dropped)
		}
	}
}

func FuzzWanted(f *testing.F) {
	f.Add(render.Daemons(&render.Config{ListenPort: 1790}))
	f.Add("bgpd_options=\"-M x -p 1 -l ::1\"\nbfdd='yes'\n")
	f.Fuzz(func(t *testing.T, file string) {
		wanted, _ := Wanted(file, new10)
		for _, d := range wanted {
			for rest := d.Args[len(common):]; len(rest) > 0; rest = rest[2:] {
				if ok := rest[0] == "-A" && (rest[1] == "127.0.0.1" || rest[1] == "::1") || rest[0] == "-s" && d.Name == "zebra"; !ok {
					t.Errorf("%q: %s is started with %q", file, d.Name, d.Args)
				}
			}
		}
	})
}

// A distribution's own file is understood.
func TestDebiansFile(t *testing.T) {
	text, err := os.ReadFile("testdata/daemons")
	if err != nil {
		t.Fatal(err)
	}
	wanted, dropped := Wanted(string(text), new10)
	if got := names(wanted); got != "mgmtd zebra staticd bgpd" {
		t.Errorf("it asks for %s", got)
	}
	if dropped != nil {
		t.Errorf("of it %q is dropped", dropped)
	}
	if args := wanted[1].Args; !slices.Equal(args[len(args)-4:], []string{"-A", "127.0.0.1", "-s", "90000000"}) {
		t.Errorf("zebra runs with %q", args)
	}
}

// When the agent writes the file for the first time, no daemon is started again for it.
func TestTheFirstFileChangesNothing(t *testing.T) {
	before, _ := Wanted("", new10)
	after, _ := Wanted(render.Daemons(&render.Config{Node: "worker-1"}), new10)
	if !slices.EqualFunc(before, after, Daemon.equal) {
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
