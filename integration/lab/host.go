//go:build linux

package lab

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/thread"
)

// Host is a network namespace: a machine of the lab that shares only its file system with the others.
type Host struct {
	Name string
	lab  *Lab
	dir  string
	ns   *os.File
	nl   *netlink.Handle

	mu    sync.Mutex
	procs map[string]*Process
	files []*os.File // namespaces held open until the lab ends
}

func newHost(l *Lab, name string) (*Host, error) {
	h := &Host{Name: name, lab: l, dir: filepath.Join(l.dir, name), procs: map[string]*Process{}}
	if err := os.Mkdir(h.dir, 0o755); err != nil {
		return nil, err
	}
	if out, err := exec.Command("ip", "netns", "add", h.Namespace()).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ip netns add %s: %s (%w)", h.Namespace(), bytes.TrimSpace(out), err)
	}
	var err error
	if h.ns, err = os.Open("/run/netns/" + h.Namespace()); err != nil {
		return nil, err
	}
	h.files = append(h.files, h.ns)
	if h.nl, err = netlink.NewHandleAt(netns.NsHandle(h.ns.Fd()), unix.NETLINK_ROUTE); err != nil {
		return nil, err
	}
	for _, s := range [][2]string{
		{"net/ipv4/ip_forward", "1"},
		{"net/ipv4/conf/all/rp_filter", "0"}, // replies may leave by another link than the request came
		{"net/ipv4/conf/default/rp_filter", "0"},
		{"net/ipv6/conf/all/disable_ipv6", "0"},
		{"net/ipv6/conf/default/disable_ipv6", "0"},
		{"net/ipv6/conf/all/forwarding", "1"},
		{"net/ipv6/conf/default/dad_transmits", "0"}, // link-local addresses are usable at once
	} {
		if err := h.sysctl(s[0], s[1]); err != nil {
			return nil, err
		}
	}
	return h, h.setUp("lo", true)
}

// Namespace is the name of the host's network namespace, for `ip netns exec`.
func (h *Host) Namespace() string { return h.lab.id + "-" + h.Name }

// Dir is the host's own directory inside the lab's.
func (h *Host) Dir() string { return h.dir }

// Do runs fn in the host's network namespace, on a thread of its own. Sockets that fn opens and processes that it starts
// stay there; goroutines that it starts are elsewhere. fn must not end the test.
func (h *Host) Do(fn func() error) error {
	return thread.Run(func() error { return thread.Enter(h.ns, unix.CLONE_NEWNET) }, fn)
}

// Exec runs a command on the host until it ends or ctx does, and returns its standard output. The error has what the
// command printed.
func (h *Host) Exec(ctx context.Context, name string, args ...string) (string, error) {
	return h.exec(h.Do, exec.CommandContext(ctx, name, args...))
}

// exec runs a command that do starts: Host.Do, or FRR's, which enters a mount namespace too.
func (h *Host) exec(do func(func() error) error, cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 2 * time.Second
	err := do(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		said := strings.TrimSpace(stderr.String() + stdout.String())
		return stdout.String(), fmt.Errorf("on %s: %s: %w: %s", h.Name, strings.Join(cmd.Args, " "), err, said)
	}
	return stdout.String(), nil
}

// Sysctl sets a kernel parameter of the host's network, such as "net.ipv4.fib_multipath_hash_policy".
func (h *Host) Sysctl(key, value string) {
	h.lab.tb.Helper()
	if err := h.sysctl(strings.ReplaceAll(key, ".", "/"), value); err != nil {
		h.fatal("sysctl", err)
	}
}

func (h *Host) sysctl(path, value string) error {
	return h.Do(func() error { return os.WriteFile("/proc/sys/"+path, []byte(value), 0) })
}

// Listen starts a BGP listener on the host, which ends with the test.
func (h *Host) Listen(config listener.Config) *listener.Listener {
	h.lab.tb.Helper()
	ln, err := listener.Start(h, config)
	if err != nil {
		h.fatal("BGP listener", err)
	}
	h.lab.tb.Cleanup(ln.Close)
	return ln
}

// close ends the host's processes and forgets its namespaces; the reaper removes them.
func (h *Host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.procs {
		p.cmd.Process.Kill()
	}
	for _, p := range h.procs {
		<-p.done
	}
	h.nl.Close()
	for _, f := range h.files {
		f.Close()
	}
}

func (h *Host) fatal(what string, err error) {
	h.lab.tb.Helper()
	h.lab.tb.Fatalf("lab: on %s: %s: %v", h.Name, what, err)
}
