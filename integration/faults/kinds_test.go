//go:build linux

package faults

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// kind is one way in which it goes wrong.
type kind struct {
	name string
	// strike does it; what it returns is sent on in the place of the command.
	strike func(*node, *client, []byte) []byte
	// mend ends what strike began.
	mend func(*node)
	// hurts says that it is in its nature to end sessions, beside those that the plan ends.
	hurts bool
	// disk says that it takes one.
	disk bool
	// bound is how long it may take until all is as before, or as declared, and stays so.
	bound time.Duration
	// nodes are how many share the work when there is one at every step.
	nodes int
}

// deadline is that of everything that the agent asks FRR.
const deadline = 15 * time.Second

func kinds(version lab.Version) []kind {
	list := []kind{
		{name: "refuse", strike: refuse},
		{name: "drop", strike: func(_ *node, c *client, command []byte) []byte {
			if ends(command) {
				return command
			}
			_, _ = c.Write([]byte{0, 0, 0, 0}) // a good answer
			return nil
		}},
		{name: "cut", strike: func(n *node, c *client, _ []byte) []byte {
			if c.pid != n.pid("agent") {
				signal(syscall.SIGKILL, c.pid)
			}
			c.Close()
			return nil
		}},
		{name: "missing", strike: func(n *node, c *client, _ []byte) []byte {
			_ = os.Remove(n.vtysh)
			if c.pid != n.pid("agent") {
				signal(syscall.SIGKILL, c.pid)
			}
			return nil
		}, mend: func(n *node) {
			time.Sleep(time.Second)
			n.giveVtysh()
		}},
		{name: "orphan", strike: func(n *node, c *client, command []byte) []byte {
			signal(syscall.SIGKILL, n.pid("agent"))
			return command
		}, mend: again},
		{name: "both", strike: func(n *node, c *client, _ []byte) []byte {
			signal(syscall.SIGKILL, n.pid("agent"), c.pid)
			return nil
		}, mend: again},
		{name: "full", disk: true, strike: func(n *node, c *client, command []byte) []byte {
			if err := fill(n.filler()); err != nil {
				n.t.Error(err)
			}
			return refuse(n, c, command)
		}, mend: func(n *node) {
			time.Sleep(500 * time.Millisecond)
			if err := os.Remove(n.filler()); err != nil {
				n.t.Error(err)
			}
		}},
		{name: "hang", bound: deadline + patience, nodes: 4, strike: func(_ *node, c *client, _ []byte) []byte {
			c.silent = true
			return nil
		}},
	}
	daemons := append(slices.Clone(version.Daemons), "bfdd")
	for _, d := range daemons {
		list = append(list, kill(d, d))
	}
	list = append(list, kill("all", daemons...))
	for _, d := range version.Daemons {
		list = append(list, stop(d))
	}
	for i := range list {
		list[i].bound = max(list[i].bound, patience)
		list[i].nodes = max(list[i].nodes, 1)
	}
	return list
}

// ends says that a command is what vtysh ends a script with. A daemon always takes it; what happens to one that does not get
// it is what the kind cut is about.
func ends(command []byte) bool { return bytes.Contains(command, []byte("XFRR_end_configuration")) }

func refuse(_ *node, _ *client, command []byte) []byte {
	if ends(command) {
		return command
	}
	return append(command[:len(command)-1:len(command)-1], " refused\x00"...)
}

// again starts an agent where one was killed.
func again(n *node) {
	<-n.Process("agent").Done()
	n.startAgent()
}

// kill ends daemons, and watchfrr starts them again. When zebra has ended it ends the others as well.
func kill(name string, daemons ...string) kind {
	k := kind{name: "kill-" + name, nodes: 2}
	k.strike = func(n *node, _ *client, command []byte) []byte {
		for _, d := range daemons {
			signal(syscall.SIGKILL, n.pid(d))
		}
		return command
	}
	k.hurts = slices.Contains(daemons, "bgpd") || slices.Contains(daemons, "zebra")
	k.mend = func(n *node) {
		for _, d := range daemons {
			<-n.Process(d).Done()
		}
		time.Sleep(300 * time.Millisecond)
		if slices.Contains(daemons, "zebra") {
			n.frr.StopAll()
		}
		n.restart(n.fallen())
	}
	return k
}

// stop halts a daemon until nobody waits for it any more.
func stop(daemon string) kind {
	k := kind{name: "stop-" + daemon, bound: patience, nodes: 4}
	k.strike = func(n *node, _ *client, command []byte) []byte {
		signal(syscall.SIGSTOP, n.pid(daemon))
		return command
	}
	k.mend = func(n *node) {
		time.Sleep(deadline + time.Second)
		signal(syscall.SIGCONT, n.pid(daemon))
	}
	return k
}

func (n *node) filler() string { return filepath.Join(n.config(), "filler") }

// fill writes a file until the disk is full.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 512); err == nil; {
		_, err = f.Write(block)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return fmt.Errorf("the disk is not full: %w", err)
}
