//go:build linux

package chaos

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// declared is the configuration with one piece replaced.
func declared(old, new string) string { return strings.Replace(configuration, old, new, 1) }

// described is the configuration, and nothing else but a description of a neighbor: FRR is to be told, and no session ends.
func described() string { return declared("peerAsn: 65001", "peerAsn: 65001, description: another") }

var ofDeclared = []fault{
	declares("a peer group is missing, so its neighbor is left out", func(*node) string { return declared("peerAsn: 65001", "peerAsn: 65001, peerGroup: missing") }),
	declares("a configuration that FRR refuses", func(n *node) string {
		return declared("neighborAddress: 10.1.0.1,", "neighborAddress: "+n.address.String()+",")
	}),
	declares("a file that ends in its midst", func(*node) string { return configuration[:len(configuration)/2] }),
	declares("the configuration deleted", func(*node) string { return "# nothing\n" }),
	declares("the neighbor described otherwise", func(*node) string { return described() }),
	on("the directory of objects is away", func(n *node) func() {
		away := n.Objects + ".away"
		_ = os.Rename(n.Objects, away)
		return func() { _ = os.Rename(away, n.Objects) }
	}),
}

// declares is something else that is declared for a while.
func declares(name string, text func(*node) string) fault {
	return on(name, func(n *node) func() {
		n.Write(fileName, text(n))
		return func() { n.Write(fileName, configuration) }
	})
}

var ofFiles = []fault{
	on("frr.conf half written", func(n *node) func() {
		n.halve("frr.conf")
		return nothing
	}),
	on("FRR starts with half of frr.conf", func(n *node) func() {
		n.FRR.KillAll()
		n.halve("frr.conf")
		return n.startBadly
	}),
	on("the agent starts with half of each of its files", func(n *node) func() {
		n.KillAgent(syscall.SIGKILL)
		n.halve("k8frr-last-good.json", "k8frr-pending.json", "k8frr-operator-lines.conf", "frr.conf")
		return n.StartAgent
	}),
	on("disk full", func(n *node) func() { return n.while(n.fill()) }),
	on("disk full, and FRR starts", func(n *node) func() {
		empty := n.while(n.fill())
		n.FRR.KillAll()
		n.FRR.Start()
		return empty
	}),
	on("disk full, and the agent starts", func(n *node) func() {
		empty := n.while(n.fill())
		n.KillAgent(syscall.SIGKILL)
		n.StartAgent()
		return empty
	}),
	on("configuration directory read-only", func(n *node) func() { return n.while(n.readOnly()) }),
	on("configuration directory read-only, and the agent starts", func(n *node) func() {
		again := n.while(n.readOnly())
		n.KillAgent(syscall.SIGKILL)
		n.StartAgent()
		return again
	}),
}

// while declares something that FRR has to be told of, until a fault is mended.
func (n *node) while(mend func()) func() {
	n.Write(fileName, described())
	return func() {
		mend()
		n.Write(fileName, configuration)
	}
}

// halve cuts files in FRR's directory in half, those that are there.
func (n *node) halve(names ...string) {
	n.Helper()
	if err := n.FRR.Do(func() error {
		for _, name := range names {
			path := filepath.Join(n.FRR.ConfigDir, name)
			if info, err := os.Stat(path); err == nil {
				if err := os.Truncate(path, info.Size()/2); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		n.Fatal(err)
	}
}

// startBadly starts FRR with a frr.conf that it may not like.
func (n *node) startBadly() {
	n.Helper()
	for _, daemon := range n.FRR.Version.Daemons {
		n.FRR.StartDaemon(daemon)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	_ = n.FRR.Boot(ctx)
}

// fill leaves no room for FRR's files, and returns what makes room again.
func (n *node) fill() (empty func()) {
	n.Helper()
	path := filepath.Join(n.FRR.ConfigDir, "ballast")
	if err := n.FRR.Do(func() error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for block := make([]byte, 4096); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		return nil
	}); err != nil {
		n.Fatal(err)
	}
	return func() { _ = n.FRR.Do(func() error { return os.Remove(path) }) }
}

// readOnly has nobody write FRR's files until they may again.
func (n *node) readOnly() (again func()) {
	n.Helper()
	undo, err := n.FRR.ReadOnly()
	if err != nil {
		n.Fatal(err)
	}
	return func() {
		if err := undo(); err != nil {
			n.Fatal(err)
		}
	}
}
