//go:build linux

package chaos

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// The ways in which vtysh fails that the agent runs. Each time something is declared that FRR has to be told of.
var ofVtysh = []fault{
	on("vtysh missing", func(n *node) func() {
		_ = os.Remove(n.vtyshPath())
		return n.while(n.mendVtysh)
	}),
	vtyshIs("vtysh without its libraries", "echo 'error while loading shared libraries: libfrr.so.0' >&2; exit 127"),
	vtyshIs("vtysh killed in its midst", `"$real" "$@" & sleep 0.05; kill -9 $!; wait`),
	vtyshIs("vtysh slow", `sleep 2; exec "$real" "$@"`),
	vtyshIs("vtysh hangs", `exec sleep 1000`),
}

func vtyshIs(name, script string) fault {
	return on(name, func(n *node) func() {
		n.writeVtysh(script)
		return n.while(n.mendVtysh)
	})
}

// wrapVtysh makes what the agent runs for vtysh, and returns its path.
func (n *node) wrapVtysh() string {
	n.Helper()
	n.mendVtysh()
	return n.vtyshPath()
}

func (n *node) vtyshPath() string { return filepath.Join(n.Host.Dir(), "vtysh-of-the-agent") }

func (n *node) mendVtysh() { n.writeVtysh(`exec "$real" "$@"`) }

func (n *node) writeVtysh(script string) {
	n.Helper()
	text := fmt.Sprintf("#!/bin/sh\nreal=%s\n%s\n", n.FRR.VtyshPath, script)
	if err := renameio.WriteFile(n.vtyshPath(), []byte(text), 0o755); err != nil {
		n.Fatal(err)
	}
}

func (n *node) socket(daemon string) string { return filepath.Join(n.FRR.SocketDir, daemon+".vty") }

// hide puts a daemon's socket out of sight.
func (n *node) hide(daemon string) (mend func()) {
	n.Helper()
	path, away := n.socket(daemon), filepath.Join(n.FRR.SocketDir, "."+daemon)
	if err := os.Rename(path, away); err != nil {
		n.Fatal(err)
	}
	return func() {
		if err := os.Rename(away, path); err != nil {
			n.Fatal(err)
		}
	}
}

// silence puts a socket in the place of a daemon's that accepts connections and never answers.
func (n *node) silence(daemon string) (mend func()) {
	n.Helper()
	show := n.hide(daemon)
	l, err := net.Listen("unix", n.socket(daemon))
	if err != nil {
		n.Fatal(err)
	}
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
		}
	}()
	return func() {
		l.Close()
		<-done
		show()
		for _, c := range open {
			c.Close()
		}
	}
}
