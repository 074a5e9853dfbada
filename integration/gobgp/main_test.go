//go:build linux

package gobgp

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	agent  string
	update = flag.Bool("update", false, "write the golden files")
)

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "4") // unless the command line says otherwise: a test mostly waits
	flag.Parse()
	os.Exit(lab.WithAgent(&agent, m.Run))
}

// router is FRR on a site's node.
type router struct {
	*site
	frr     *lab.FRR
	program string // the agent under the name gobgp
}

func newRouter(t *testing.T, version lab.Version) *router {
	t.Helper()
	s := newSite(t)
	r := &router{site: s, frr: s.node.FRR(version, lab.Config(frrConfig)), program: filepath.Join(s.node.Dir(), "gobgp")}
	if err := os.Symlink(agent, r.program); err != nil {
		t.Fatal(err)
	}
	r.frr.Start()
	return r
}

// gobgp runs a command line as PureLB's plugin has it run in the container: there is no gobgpd at the target.
func (r *router) gobgp(t *testing.T, line string) (string, error) {
	t.Helper()
	args := []string{"FRR_SOCKET_DIR=" + r.frr.SocketDir, r.program, "--target", "unix:///var/run/gobgp/gobgp.sock"}
	return r.node.Exec(within(t, patience), "env", append(args, strings.Fields(line)...)...)
}

// gobgpd is GoBGP on a site's node, with the routes that FRR has of itself.
func newGobgpd(t *testing.T) *lab.GoBGP {
	t.Helper()
	d := newSite(t).node.GoBGP(gobgpConfig)
	for _, line := range []string{"global rib add 10.200.0.0/24 origin igp", "global rib add -a ipv6 fd00:200::7/128 origin igp"} {
		if _, err := d.Gobgp(within(t, patience), strings.Fields(line)...); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// settled waits until both sessions have exchanged their routes.
func settled(t *testing.T, run func(line string) (string, error)) {
	t.Helper()
	eventually(t, "sessions and routes", func() string {
		out, err := run("neighbor")
		if err != nil {
			return err.Error()
		}
		if !regexp.MustCompile(`(?s)10\.1\.0\.1 .*Establ +\| +2 +2\n.*fd00:1::1 .*Establ +\| +1 +1\n`).MatchString(out) {
			return out
		}
		for peer, route := range map[string]string{torV4: "10.200.0.0/24", torV6: "fd00:200::7/128"} {
			if out, err := run("neighbor " + peer + " adj-out"); err != nil || !strings.Contains(out, route) {
				return out
			}
		}
		return ""
	})
}

var (
	clock    = regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`)
	counters = regexp.MustCompile(`(?m)^(    (?:Opens|Notifications|Updates|Keepalives|Route Refresh|Discarded|Total): *)( +\d+)( +\d+)$`)
	machine  = regexp.MustCompile(`name: [^,]+,`)
	digits   = regexp.MustCompile(`\d`)
)

// still takes out what differs from run to run and between machines: times, names of the machine, and counters, whose
// width stays.
func still(text string) string {
	text = clock.ReplaceAllString(text, "00:00:00")
	text = machine.ReplaceAllString(text, "name: HOST,")
	return counters.ReplaceAllStringFunc(text, func(line string) string { return digits.ReplaceAllString(line, "N") })
}

func run(r *router, t *testing.T) func(string) (string, error) {
	return func(line string) (string, error) { return r.gobgp(t, line) }
}

func runReal(d *lab.GoBGP) func(string) (string, error) {
	return func(line string) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return d.Gobgp(ctx, strings.Fields(line)...)
	}
}
