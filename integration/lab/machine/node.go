//go:build linux

// Package machine is a machine of a lab that runs FRR and k8frr-agent, told by a directory of objects, and how tests wait for
// what it does.
package machine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
)

// Node is a machine with FRR, and the agent once it is started.
type Node struct {
	*lab.Host
	Wait
	FRR     *lab.FRR
	Objects string   // directory of what the agent is told
	Status  string   // file of what it tells
	Flags   []string // more of its command line
	Beside  bool     // the agent sees FRR's directories as the daemons do (lab.FRR.OwnDisk)
	Kept    bool     // an mgmtd that keeps a lock is restarted, as k8frr-frr does in a pod

	program string
	locked  time.Time // since when the agent says that mgmtd has to be restarted
}

// New has FRR run on a host. The agent that StartAgent starts is that program.
func New(wait Wait, host *lab.Host, version lab.Version, program string, flags ...string) *Node {
	wait.Helper()
	n := &Node{Host: host, Wait: wait, FRR: host.FRR(version), Flags: flags, program: program,
		Objects: filepath.Join(host.Dir(), "objects"), Status: filepath.Join(host.Dir(), "status.yaml")}
	if err := os.Mkdir(n.Objects, 0o755); err != nil {
		n.Fatal(err)
	}
	n.FRR.Start()
	n.TB.Cleanup(n.explain)
	return n
}

// explain shows what a failed test left behind.
func (n *Node) explain() {
	if !n.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), n.Patience)
	defer cancel()
	addresses, _ := n.Exec(ctx, "ip", "-brief", "address")
	routes, _ := n.FRR.Vtysh(ctx, "show bgp vrf all summary", "show bgp vrf all ipv4 unicast", "show bgp vrf all ipv6 unicast", "show bgp ipv4 vpn")
	zebra, _ := n.FRR.Vtysh(ctx, "show ip route vrf all", "show ipv6 route vrf all")
	running, _ := n.FRR.Vtysh(ctx, "show running-config")
	n.Logf("%s carries:\n%s\nFRR has:\n%s%s%s", n.Host.Name, addresses, routes, zebra, running)
}

// StartAgent starts the agent.
func (n *Node) StartAgent() {
	n.Helper()
	argv := []string{n.program, "--config-dir", n.Objects, "--status-file", n.Status, "--node-name", n.Host.Name,
		"--vtysh", n.FRR.VtyshPath, "--frr-config-dir", n.FRR.ConfigDir, "--frr-socket-dir", n.FRR.SocketDir}
	argv = append(argv, n.Flags...)
	if n.Beside {
		n.FRR.StartBeside("agent", argv...)
		return
	}
	n.Start("agent", argv...)
}

// KillAgent sends the agent a signal, and waits for its end.
func (n *Node) KillAgent(sig syscall.Signal) {
	n.Helper()
	n.Kill("agent", sig)
}

// Ready waits until the agent says that FRR runs what is declared, and that the status says so.
func (n *Node) Ready() {
	n.Helper()
	var said string
	n.Until("the agent is ready", func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		status, body, err := n.Get(ctx, "http://127.0.0.1:7474/readyz")
		if said = body; err != nil {
			said = err.Error()
		}
		return status == 200
	}, func() any { return said })
}

// Logged is what agents have written so far.
func (n *Node) Logged() string {
	n.Helper()
	text, err := os.ReadFile(n.Process("agent").Log)
	if err != nil {
		n.Fatal(err)
	}
	return string(text)
}

// Logs waits until the agent has written a text after the first from bytes of its log, and returns what it has written
// since.
func (n *Node) Logs(from int, text string) string {
	n.Helper()
	n.Until("the agent logs "+text, func() bool { return strings.Contains(n.Logged()[from:], text) })
	return n.Logged()[from:]
}

// Looks waits until the agent has compared everything so many times without an event, as it does every --resync.
func (n *Node) Looks(times int) {
	n.Helper()
	Looks(n.Wait, n.Host, times)
}

// Looks waits until the agent on a host has compared everything so many times without an event.
func Looks(wait Wait, host *lab.Host, times int) {
	wait.Helper()
	looks := func() int {
		ctx, cancel := wait.Deadline()
		defer cancel()
		_, body, err := host.Get(ctx, "http://127.0.0.1:7473/metrics")
		if err != nil {
			return 0 // it has yet to begin
		}
		_, after, _ := strings.Cut(body, "\nk8frr_resyncs_total ")
		line, _, _ := strings.Cut(after, "\n")
		n, _ := strconv.Atoi(line)
		return n
	}
	began := looks()
	wait.Until("the agent looks at everything", func() bool { return looks() >= began+times })
}

// Silent waits until the agent has written nothing for a while.
func (n *Node) Silent() {
	n.Helper()
	const still = 2 * time.Second
	length, since := len(n.Logged()), time.Now()
	n.Until("the agent is silent", func() bool {
		if now := len(n.Logged()); now != length {
			length, since = now, time.Now()
		}
		return time.Since(since) > still
	})
}

// Write puts a file into the objects' directory, or replaces it, at once.
func (n *Node) Write(name, text string) {
	n.Helper()
	if err := renameio.WriteFile(filepath.Join(n.Objects, name), []byte(text), 0o644); err != nil {
		n.Fatal(err)
	}
}

// Remove takes a file out of the objects' directory.
func (n *Node) Remove(name string) {
	n.Helper()
	if err := os.Remove(filepath.Join(n.Objects, name)); err != nil {
		n.Fatal(err)
	}
}

// Report reads the status file.
func (n *Node) Report() (v1.BGPNodeStatus, error) {
	var s v1.BGPNodeStatus
	text, err := os.ReadFile(n.Status)
	if err != nil {
		return s, err
	}
	return s, yaml.UnmarshalStrict(text, &s)
}

// Condition waits until the status file has a condition with a status and a message that contains every one of some texts,
// and returns it.
func (n *Node) Condition(kind string, status metav1.ConditionStatus, texts ...string) metav1.Condition {
	n.Helper()
	var found metav1.Condition
	n.Until("the condition "+kind+"="+string(status)+" says "+strings.Join(texts, ", "), func() bool {
		n.keep()
		s, err := n.Report()
		if err != nil {
			return false
		}
		for _, c := range s.Status.Conditions {
			if c.Type != kind || c.Status != status {
				continue
			}
			found = c
			missing := false
			for _, text := range texts {
				missing = missing || !strings.Contains(c.Message, text)
			}
			return !missing
		}
		return false
	}, func() any { return found })
	return found
}

// keep restarts an mgmtd that the agent has said for ten seconds to keep a lock that nobody holds (docs/frr.md).
func (n *Node) keep() {
	if !n.Kept {
		return
	}
	n.Helper()
	s, err := n.Report()
	if err != nil || !slices.ContainsFunc(s.Status.Conditions, func(c metav1.Condition) bool {
		return c.Status == metav1.ConditionFalse && strings.Contains(c.Message, "mgmtd has to be restarted")
	}) {
		n.locked = time.Time{}
		return
	}
	switch {
	case n.locked.IsZero():
		n.locked = time.Now()
	case time.Since(n.locked) > 10*time.Second:
		n.Logf("mgmtd keeps its lock, and is restarted")
		n.FRR.Kill("mgmtd", syscall.SIGKILL)
		n.FRR.StartDaemon("mgmtd")
		n.locked = time.Time{}
	}
}

// IP runs iproute2's ip on the node.
func (n *Node) IP(args ...string) string {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.Exec(ctx, "ip", args...)
	if err != nil {
		n.Fatal(err)
	}
	return out
}

// Vtysh runs commands in one vtysh.
func (n *Node) Vtysh(commands ...string) string {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.FRR.Vtysh(ctx, commands...)
	if err != nil {
		n.Fatal(err)
	}
	return out
}

// Configured waits until FRR's running configuration is so. It looks not at once, and less and less often: mgmtd 10.3 spoils
// what is being entered when another vtysh goes, and on a busy machine the agent takes long to enter it.
func (n *Node) Configured(what string, so func(running string) bool) {
	n.Helper()
	const soon, late = 500 * time.Millisecond, 10 * time.Second
	time.Sleep(soon)
	var running string
	n.every(soon, late, what, func() bool {
		n.keep()
		running = strings.ReplaceAll(n.Vtysh("show running-config"), "\r", "")
		return so(running)
	}, []func() any{func() any { return running }})
}
