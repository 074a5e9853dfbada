//go:build linux

package faults

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// wire is between FRR's sockets and those who speak to FRR, the agent and its vtysh. It counts the commands that configure,
// over all daemons, and once, at one of them, lets something else happen.
type wire struct {
	dir, daemons string // where its sockets are, and FRR's

	mu     sync.Mutex
	steps  int // since it was armed
	at     int // 0: not armed
	strike func(*client, []byte) []byte
	struck chan struct{}
	what   string // the command that was struck
	said   []string
	refuse func(command string) bool // commands that a daemon is not to take; nil for none
}

// client is a connection of somebody who speaks to a daemon.
type client struct {
	net.Conn
	daemon string
	pid    int
	silent bool // the daemon hears no more of it, nor it of the daemon
}

// lay puts a wire to each of some daemons.
func lay(t *testing.T, dir, sockets string, daemons []string) *wire {
	t.Helper()
	w := &wire{dir: dir, daemons: sockets}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	for _, daemon := range daemons {
		running.Go(func() { w.serve(ctx, daemon) })
	}
	for _, daemon := range daemons {
		for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
			if _, err := os.Stat(w.socket(daemon)); err == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("no wire to %s", daemon)
			}
		}
	}
	return w
}

func (w *wire) socket(daemon string) string { return filepath.Join(w.dir, daemon+".vty") }

// arm has something happen once, in the place of the step of that number from now on. What is returned is sent on instead.
func (w *wire) arm(step int, strike func(*client, []byte) []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps, w.at, w.strike, w.struck, w.what = 0, step, strike, make(chan struct{}), ""
	w.said = nil
}

// refuses has daemons refuse commands from now on.
func (w *wire) refuses(which func(command string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refuse = which
}

// heard are the commands since it was armed.
func (w *wire) heard() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.said, "\n")
}

// disarm returns how many steps there were since it was armed.
func (w *wire) disarm() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = 0
	return w.steps
}

// step is called for every command that configures.
func (w *wire) step(c *client, command []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil && w.refuse(string(bytes.TrimSpace(bytes.Trim(command, "\x00")))) {
		return []byte("frobnicate\x00")
	}
	w.steps++
	what := c.daemon + ": " + string(bytes.TrimSpace(bytes.Trim(command, "\x00")))
	w.said = append(w.said, what)
	if w.at != w.steps {
		return command
	}
	w.what = what
	instead := w.strike(c, command)
	close(w.struck)
	return instead
}

// serve is, for a daemon's clients, the daemon: it is there when the daemon is, gone when that ends, and comes back with it.
func (w *wire) serve(ctx context.Context, daemon string) {
	for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		alive, err := w.dial(daemon)
		if err != nil {
			continue
		}
		os.Remove(w.socket(daemon))
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: w.socket(daemon), Net: "unix"})
		if err != nil {
			panic(err)
		}
		listener.SetUnlinkOnClose(false) // as a daemon that is killed
		stop := context.AfterFunc(ctx, func() { alive.Close() })
		go func() {
			_, _ = io.Copy(io.Discard, alive)
			listener.Close()
		}()
		for {
			conn, err := listener.AcceptUnix()
			if err != nil {
				break
			}
			go w.carry(ctx, conn, daemon)
		}
		stop()
		alive.Close()
	}
}

func (w *wire) dial(daemon string) (net.Conn, error) {
	return net.Dial("unix", filepath.Join(w.daemons, daemon+".vty"))
}

// carry carries one connection.
func (w *wire) carry(ctx context.Context, conn *net.UnixConn, daemon string) {
	defer conn.Close()
	there, err := w.dial(daemon)
	if err != nil {
		return
	}
	defer there.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	go func() {
		defer conn.Close()
		_, _ = io.Copy(conn, there)
	}()
	c := &client{Conn: conn, daemon: daemon, pid: pidOf(conn)}
	configuring := false
	for commands := bufio.NewReader(conn); ; {
		command, err := commands.ReadBytes(0)
		if err != nil {
			return
		}
		switch word, _, _ := bytes.Cut(bytes.TrimSpace(bytes.Trim(command, "\x00")), []byte(" ")); string(word) {
		case "configure", "conf":
			configuring = true
		case "end", "disable":
			configuring = false
		case "enable", "show", "do", "write", "", "XFRR_start_configuration":
		default:
			if configuring {
				command = w.step(c, command)
			}
		}
		if c.silent {
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		if _, err := there.Write(command); err != nil {
			return
		}
	}
}

// pidOf is who is at the other end (unix(7), SO_PEERCRED).
func pidOf(conn *net.UnixConn) int {
	var credentials *unix.Ucred
	raw, err := conn.SyscallConn()
	if err == nil {
		err = errors.Join(raw.Control(func(fd uintptr) {
			credentials, _ = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		}))
	}
	if err != nil || credentials == nil {
		return 0
	}
	return int(credentials.Pid)
}
