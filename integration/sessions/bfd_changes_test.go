//go:build linux

package sessions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/renameio/v2"

	"github.com/k8frr/k8frr/integration/lab"
)

// bfdPeers are the routers of TestBFDChanges. All speak BFD.
var bfdPeers = []struct {
	name, address string
	start         func(h *lab.Host)
	waits         bool // a session that ended because of BFD stays down until BFD is up again
}{
	{"frr84", "10.1.0.4", func(h *lab.Host) { bfdUpstream(h, lab.FRR84) }, false},
	{"frr103", "10.1.0.5", func(h *lab.Host) { bfdUpstream(h, lab.FRR103) }, true},
	{"bird", "10.1.0.6", func(h *lab.Host) {
		h.BIRD(`router id 10.1.0.6;
protocol device {}
protocol bfd { interface "*" { min rx interval 1 s; min tx interval 1 s; multiplier 30; }; }
protocol bgp node {
  local 10.1.0.6 as 65001; neighbor 10.1.0.2 as 65000; passive; bfd yes; ipv4 { import all; export none; };
  connect delay time 1; error wait time 1, 2; error forget time 1;
}
`)
	}, false},
}

// bfdUpstream is an FRR that peers with the node, over BFD.
func bfdUpstream(h *lab.Host, v lab.Version) {
	h.FRR(v, lab.Daemons("bfdd"), lab.Config(`bfd
 profile calm
  transmit-interval 1000
  receive-interval 1000
  detect-multiplier 30
router bgp 65001
 no bgp ebgp-requires-policy
 neighbor 10.1.0.2 remote-as 65000
 neighbor 10.1.0.2 passive
 neighbor 10.1.0.2 bfd profile calm
`)).Start()
}

// To change the times of BFD, and to begin it, resets no session with a peer that speaks it. To stop it does: each peer takes
// the AdminDown of the node's bfdd for a path that has failed (RFC 5882 section 4.2 lets it do so), and FRR 10.3 does not come
// back before BFD does. The agent's log says what happens.
func TestBFDChanges(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			testBFDChanges(t, version)
		})
	}
}

func testBFDChanges(t *testing.T, version lab.Version) {
	objects := func(bfd string) string {
		text := `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  neighbors:
`
		for _, p := range bfdPeers {
			text += fmt.Sprintf("  - config: {neighborAddress: %s, peerAsn: 65001}\n    timers: {connectRetry: 1}\n%s", p.address, bfd)
		}
		return text
	}
	// A path is dead after half a minute: BFD itself must not end a session because this machine is busy.
	const usual = "    bfd: {desiredMinimumTxInterval: 1000000, requiredMinimumReceive: 1000000, detectionMultiplier: 30}\n"
	const faster = "    bfd: {desiredMinimumTxInterval: 800000, requiredMinimumReceive: 800000, detectionMultiplier: 50}\n"

	l := lab.New(t)
	host := l.Host("node")
	lan := l.LAN(host.Port("eth0", "10.1.0.2/24"))
	for _, p := range bfdPeers {
		h := l.Host(p.name)
		lan.Attach(h.Port("eth0", p.address+"/24"))
		p.start(h)
	}
	f := host.FRR(version, lab.Daemons("bfdd"))
	f.Start()
	dir := filepath.Join(host.Dir(), "objects")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	declare := func(bfd string) {
		if err := renameio.WriteFile(filepath.Join(dir, "objects.yaml"), []byte(objects(bfd)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	declare(usual)
	agent := host.Start("agent", *program, "--config-dir", dir, "--status-file", filepath.Join(host.Dir(), "status.yaml"), "--node-name", "node",
		"--vtysh", f.VtyshPath, "--frr-config-dir", f.ConfigDir, "--frr-socket-dir", f.SocketDir)
	logged := func() (string, error) { text, err := os.ReadFile(agent.Log); return string(text), err }

	n := bfdNode{t, f}
	n.settles("all sessions are up, with BFD", 30)
	for _, step := range []struct {
		name, bfd  string
		multiplier int // 0: no BFD
		says       string
	}{
		{"changed", faster, 50, "no session reset"},
		{"stopped", "", 0, "reset 10.1.0.4, 10.1.0.5, 10.1.0.6"},
		{"begun again", usual, 30, "no session reset"},
	} {
		told, err := logged()
		if err != nil {
			t.Fatal(err)
		}
		before := n.sessions()
		declare(step.bfd)
		await(t, func() (string, error) { text, err := logged(); return strings.TrimPrefix(text, told), err }, `msg="configuration applied`, "\x00")
		n.settles("BFD is "+step.name, step.multiplier)
		time.Sleep(time.Second) // what else would end a session has ended it
		if text, _ := logged(); !strings.Contains(strings.TrimPrefix(text, told), step.says) {
			t.Errorf("BFD is %s, and the log does not say %q:\n%s", step.name, step.says, strings.TrimPrefix(text, told))
		}
		for address, now := range n.sessions() {
			want := before[address].Dropped
			if step.multiplier == 0 {
				want++
			}
			if now.Dropped != want {
				t.Errorf("BFD is %s: %s: the session was %+v and is %+v", step.name, address, before[address], now)
			}
		}
	}
}

type bfdNode struct {
	t *testing.T
	f *lab.FRR
}

// bfdSession is a session as bgpd tells of it.
type bfdSession struct {
	State   string `json:"bgpState"`
	Dropped int    `json:"connectionsDropped"`
	Reset   string `json:"lastResetDueTo"`
}

// ask has a daemon answer in JSON.
func (n bfdNode) ask(daemon, command string, answer any) {
	n.t.Helper()
	text, err := n.f.Ask(n.t.Context(), daemon, command)
	if err == nil {
		err = json.Unmarshal([]byte(text), answer)
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// sessions are those of the node, by their peer's address.
func (n bfdNode) sessions() (all map[string]bfdSession) {
	n.t.Helper()
	n.ask("bgpd", "show bgp neighbors json", &all)
	return all
}

// settles waits until every session is up, with BFD of this multiplier; or without BFD, then but for those that wait for it.
func (n bfdNode) settles(what string, multiplier int) {
	n.t.Helper()
	for end := time.Now().Add(*patience); ; time.Sleep(100 * time.Millisecond) {
		sessions := n.sessions()
		var paths []bfdPath
		n.ask("bfdd", "show bfd peers json", &paths)
		good := true
		for _, p := range bfdPeers {
			i := slices.IndexFunc(paths, func(path bfdPath) bool { return path.Peer == p.address })
			up := sessions[p.address].State == "Established"
			switch {
			case multiplier > 0:
				good = good && up && i >= 0 && paths[i].Status == "up" && paths[i].Multiplier == multiplier
			default:
				good = good && up != p.waits && i < 0
			}
		}
		if good {
			return
		}
		if time.Now().After(end) {
			n.t.Fatalf("not within %v: %s: %+v %+v", *patience, what, sessions, paths)
		}
	}
}

// bfdPath is a session of BFD as bfdd tells of it.
type bfdPath struct {
	Peer       string `json:"peer"`
	Status     string `json:"status"`
	Multiplier int    `json:"detect-multiplier"`
}
