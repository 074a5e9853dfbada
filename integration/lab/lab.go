//go:build linux

package lab

import (
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// patience is how long what runs in a lab may take to start, to answer and to end. It is long because the machine may be busy.
const patience = 3 * time.Minute

// TB is what a lab needs of testing.TB; a program that is not a test can satisfy it too. Fatalf must not return.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
	Cleanup(func())
}

// Lab is a set of hosts and the links between them. Its methods, and those of its hosts, fail the test when the lab
// itself cannot do what it is told; what a test may want to see fail returns an error instead.
type Lab struct {
	tb     TB
	id     string // prefix of its namespaces' names, unique on the machine
	dir    string // sockets, configuration and logs of everything that runs in it
	lock   *os.File
	reaper *reaper

	mu    sync.Mutex
	hosts map[string]*Host
	lans  int
}

// New makes an empty lab that lives until the test's Cleanup. It first removes what labs of dead processes left behind.
// With go test -short it skips the test, because a lab needs root.
func New(tb TB) *Lab {
	tb.Helper()
	if t, ok := tb.(testing.TB); ok && Short() {
		t.Skip("needs root and a lab; not run with -short")
	}
	l := &Lab{tb: tb, hosts: map[string]*Host{}}
	if err := l.open(); err != nil {
		tb.Fatalf("lab: cannot start: %v", err)
	}
	tb.Cleanup(l.close)
	return l
}

// Short reports whether this is a test process that runs with -short: without root, FRR and a control plane.
func Short() bool {
	if !testing.Testing() {
		return false
	}
	if !flag.Parsed() {
		flag.Parse() // in a TestMain
	}
	return testing.Short()
}

// Dir is the lab's directory, readable by every user, on a short path (a socket's path has at most 107 bytes).
func (l *Lab) Dir() string { return l.dir }

func (l *Lab) open() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("network namespaces need root: run the tests as root")
	}
	unlock, err := lockLabs()
	if err != nil {
		return err
	}
	defer unlock()
	if err := sweep(); err != nil {
		return err
	}
	random := make([]byte, 3)
	rand.Read(random)
	l.id = "k8frr-" + hex.EncodeToString(random)
	l.dir = filepath.Join(labsDir, l.id)
	if err := os.Mkdir(l.dir, 0o755); err != nil {
		return err
	}
	if l.lock, err = lockFile(filepath.Join(l.dir, lockName)); err != nil {
		return err
	}
	l.reaper, err = startReaper(l.id, l.dir)
	return err
}

// close ends every process, then lets the reaper remove the rest: the way a crash takes is the way that every test takes.
func (l *Lab) close() {
	l.tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tb.Failed() {
		for _, h := range l.hosts {
			h.dumpLogs()
		}
	}
	for _, h := range l.hosts {
		h.close()
	}
	if err := l.reaper.finish(); err != nil {
		l.tb.Errorf("lab: %s was not removed: %v", l.id, err)
	}
	l.lock.Close()
}

var hostName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,30}$`)

// Host makes a host of that name, or returns the one there is.
func (l *Lab) Host(name string) *Host {
	l.tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if h, ok := l.hosts[name]; ok {
		return h
	}
	if !hostName.MatchString(name) {
		l.tb.Fatalf("lab: host name %q does not match %s", name, hostName)
	}
	h, err := newHost(l, name)
	if err != nil {
		l.tb.Fatalf("lab: host %s: %v", name, err)
	}
	l.hosts[name] = h
	return h
}
