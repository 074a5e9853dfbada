//go:build linux

package secrets

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// node is a machine whose agent is told passwords, tells all that it does, and has a vtysh that writes down how it is called.
type node struct {
	*machine.Node
	t         *testing.T
	router    *lab.Host
	heard     *listener.Listener
	templates string
	calls     string // what that vtysh has written down
	broken    string // a file while which is there it understands nothing, and repeats it all
	followed  *Followed
}

var self = netip.MustParseAddr("10.1.0.2")

// newNode cables a node to a router. FRR runs; the agent does not, and will make its files under a umask.
func newNode(t *testing.T, version lab.Version, umask string) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	host.KubeLB("kube-lb0")
	in := func(name string) string { return filepath.Join(host.Dir(), name) }
	n := &node{t: t, router: router, templates: in("templates"), calls: in("vtysh-calls"), broken: in("vtysh-broken")}
	if err := os.Mkdir(n.templates, 0o755); err != nil {
		t.Fatal(err)
	}
	agent := script(t, in("agent"), `umask `+umask+`
exec `+program+` "$@"`)
	wait := machine.Wait{TB: t, Patience: 2 * time.Minute, Rest: 400 * time.Millisecond}
	n.Node = machine.New(wait, host, version, agent, "--log-level", "debug", "--resync", "1s", "--templates", n.templates)
	n.Flags = append(n.Flags, "--daemons-file", filepath.Join(n.FRR.ConfigDir, "daemons"), "--vtysh", script(t, in("vtysh-told"), fmt.Sprintf(`{
	echo "called with $*"
	env
	case $(readlink /proc/self/fd/3) in
	/memfd:*) stat -L -c 'a script in memory, mode %%a, links %%h' /proc/self/fd/3; sed 's/^/> /' /proc/self/fd/3 ;;
	esac
} >>%[1]s 2>&1
if [ -e %[2]s ] && [ -e /proc/self/fd/3 ]; then
	cat /proc/self/fd/3
	exit 7
fi
exec %[3]s "$@"`, n.calls, n.broken, n.FRR.VtyshPath)))
	n.followed = Follow(func() int {
		if p := n.Process("agent"); p != nil {
			return p.PID()
		}
		return os.Getpid()
	})
	t.Cleanup(func() { n.followed.End() })
	return n
}

// script makes an executable.
func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// listen has the router expect a password.
func (n *node) listen(password string) {
	n.t.Helper()
	if n.heard != nil {
		n.heard.Close()
	}
	n.heard = n.router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{self: password}})
}

// template puts a file into the templates' directory, or takes it out if it is empty.
func (n *node) template(name, text string) {
	n.t.Helper()
	path := filepath.Join(n.templates, name)
	err := os.Remove(path)
	if text != "" {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// ask asks the agent by HTTP for something that it has, or has not.
func (n *node) ask(what string, has bool) string {
	n.t.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	status, body, err := n.Get(ctx, "http://127.0.0.1:"+what)
	if err != nil {
		n.t.Fatal(err)
	}
	if want := map[bool]int{true: 200, false: 404}[has]; status != want {
		n.t.Errorf("/%s is answered with %d and not %d: %s", what, status, want, body)
	}
	return body
}
