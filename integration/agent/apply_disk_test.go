//go:build linux

package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// small is a node whose agent keeps frr.conf on a file system of 64 kB of its own, which goes with the agent.
func small(t *testing.T, version lab.Version) (n *node, dir string) {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	host.KubeLB("kube-lb0")
	dir = filepath.Join(host.Dir(), "small")
	makeDir(t, dir)
	script := filepath.Join(host.Dir(), "agent-on-a-small-disk")
	text := fmt.Sprintf("#!/bin/sh\nexec unshare --mount sh -ec 'mount -t tmpfs -o size=64k small %s; exec \"$0\" \"$@\"' %s \"$@\" --frr-config-dir %[1]s\n", dir, program)
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	wait := machine.Wait{TB: t, Patience: patience, Rest: 400 * time.Millisecond}
	n = &node{Node: machine.New(wait, host, version, script), t: t, router: router, heard: router.Listen(listener.Config{ASN: 65001})}
	n.Write("bgp.yaml", configuration)
	n.StartAgent()
	n.established("10.1.0.2", "fd00:1::2")
	return n, dir
}

// fill leaves no room on the agent's disk, and returns what makes room again.
func (n *node) fill(dir string) (empty func()) {
	n.t.Helper()
	path := filepath.Join("/proc", fmt.Sprint(n.Process("agent").PID()), "root", dir, "ballast")
	f, err := os.Create(path)
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		n.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		n.t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			n.t.Fatal(err)
		}
	}
}

// The disk is full. What is declared is not applied, because FRR would lose it at its next start, and the status says why;
// addresses are mirrored as ever. When there is room, all is made up for.
func TestDiskFull(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, dir := small(t, version)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		empty := n.fill(dir)
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		n.Condition("ConfigurationApplied", "True", "frr.conf could not be written", "no space left on device")
		n.Logs(0, "no space left on device")

		logged := len(n.Logged())
		n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn", "10.1.0.1, description: waits, peerAsn"))
		n.Condition("ConfigurationApplied", "False", "frr.conf could not be written", "no space left on device", "nothing of what is declared was applied", "Generation 1 keeps running")
		n.AddAddress("kube-lb0", "10.9.9.3/32", bare...)
		n.announced("10.9.9.1/32", "10.9.9.2/32", "10.9.9.3/32")
		n.del("10.9.9.2/32")
		n.announced("10.9.9.1/32", "10.9.9.3/32")
		n.runs(nil, " neighbor 10.1.0.1 description waits")
		if said := n.Logged()[logged:]; strings.Count(said, "no space left on device") > 2 {
			t.Errorf("the agent says it again and again:\n%s", said)
		}

		empty()
		c := n.Condition("ConfigurationApplied", "True")
		if strings.Contains(c.Message, "frr.conf") {
			t.Errorf("with room the status still says %q", c.Message)
		}
		n.runs([]string{" neighbor 10.1.0.1 description waits"})
		n.announced("10.9.9.1/32", "10.9.9.3/32")
		n.steady(mark)
		text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(n.Process("agent").PID()), "root", dir, "frr.conf"))
		if err != nil || !strings.Contains(string(text), "description waits") || !strings.Contains(string(text), "10.9.9.3/32") || strings.Contains(string(text), "10.9.9.2/32") {
			t.Errorf("frr.conf holds (%v)\n%s", err, text)
		}
	})
}
