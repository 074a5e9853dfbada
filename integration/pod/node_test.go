//go:build linux

package pod

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 3 * time.Minute
	// rest is how long nothing may happen where nothing must.
	rest = 400 * time.Millisecond
)

// node is a machine of a cluster whose kubelet the test is: it starts and ends the containers of the pod.
type node struct {
	*lab.Host
	machine.Wait
	t       *testing.T
	spec    corev1.PodSpec
	objects string // directory of what the agent is told, in place of an API server
	image   image
	volumes map[string]string // directories by name, of the pod that is there

	agent, frr *container
}

// newNode makes a machine with kube-lb0 and no pod yet.
func newNode(t *testing.T, host *lab.Host, version string) *node {
	t.Helper()
	spec, err := readPod(manifest)
	if err != nil {
		t.Fatal(err)
	}
	host.KubeLB("kube-lb0")
	n := &node{Host: host, Wait: machine.Wait{TB: t, Patience: patience, Rest: rest}, t: t, spec: spec, image: images[version],
		objects: filepath.Join(host.Dir(), "objects")}
	if err := os.Mkdir(n.objects, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.explain)
	return n
}

// declare is what is declared for the node.
func (n *node) declare(configuration string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.objects, "bgp.yaml"), []byte(configuration), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// startPod starts both containers of a pod that was never there before: its volumes are empty.
func (n *node) startPod() {
	n.t.Helper()
	n.newVolumes()
	n.startFRR()
	n.startAgent()
}

// newVolumes are empty directories that everybody may write to, as the kubelet makes them.
func (n *node) newVolumes() {
	n.t.Helper()
	dir, err := os.MkdirTemp(n.Dir(), "pod-")
	if err != nil {
		n.t.Fatal(err)
	}
	n.volumes = map[string]string{"objects": n.objects, "tmp": filepath.Join(dir, "agent-tmp")}
	for _, v := range n.spec.Volumes {
		n.volumes[v.Name] = filepath.Join(dir, v.Name)
	}
	for name, path := range n.volumes {
		if name == "objects" {
			continue
		}
		if err := os.Mkdir(path, 0o777); err != nil {
			n.t.Fatal(err)
		}
		if err := os.Chmod(path, 0o777); err != nil {
			n.t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		n.t.Fatal(err)
	}
}

// startFRR starts the container of FRR, changed by how.
func (n *node) startFRR(how ...func(*corev1.Container)) {
	n.t.Helper()
	spec, err := containerOf(n.spec, "k8frr-frr")
	if err != nil {
		n.t.Fatal(err)
	}
	for _, change := range how {
		change(&spec)
	}
	n.frr = run(n.t, n.Host, n.image, spec, n.volumes)
}

// startAgent starts the agent's container, changed by how. In place of an API server it has a directory, and a file for its
// status.
func (n *node) startAgent(how ...func(*corev1.Container)) {
	n.t.Helper()
	spec, err := containerOf(n.spec, "k8frr-agent")
	if err != nil {
		n.t.Fatal(err)
	}
	for _, change := range how {
		change(&spec)
	}
	spec.Args = append(spec.Args, "--config-dir", "/objects", "--status-file", "/status/status.yaml")
	spec.VolumeMounts = append(spec.VolumeMounts, corev1.VolumeMount{Name: "objects", MountPath: "/objects", ReadOnly: true},
		corev1.VolumeMount{Name: "tmp", MountPath: "/status"})
	n.agent = run(n.t, n.Host, n.image, spec, n.volumes)
}

// stopPod ends both containers as the kubelet does, at the same time, and waits for the last.
func (n *node) stopPod() {
	n.t.Helper()
	grace := time.Duration(*n.spec.TerminationGracePeriodSeconds) * time.Second
	ended := make(chan struct{})
	go func() { defer close(ended); n.agent.stop(grace) }()
	n.t.Logf("FRR's container ended after %v", n.frr.stop(grace).Round(time.Millisecond))
	<-ended
}

// ready waits until the agent's readiness probe succeeds.
func (n *node) ready() time.Duration {
	n.t.Helper()
	var said string
	return n.Until("the agent is ready", func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		status, body, err := n.Get(ctx, "http://127.0.0.1:7474/readyz")
		said = fmt.Sprint(body, err)
		return status == 200
	}, func() any { return said })
}

// shows reports whether a daemon, which may be about to start, shows a text.
func (n *node) shows(daemon, command, text string) bool {
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	out, err := n.agent.exec(ctx, "vtysh", "-d", daemon, "-c", command)
	return err == nil && strings.Contains(out, text)
}

// killDaemon kills one of FRR's daemons.
func (n *node) killDaemon(name string) {
	n.t.Helper()
	pid := n.frr.daemon(name)
	if pid == 0 {
		n.t.Fatalf("no %s runs", name)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		n.t.Fatal(err)
	}
	n.Until(name+" runs again", func() bool { now := n.frr.daemon(name); return now != 0 && now != pid })
}

// explain shows what a failed test left behind.
func (n *node) explain() {
	if !n.t.Failed() || n.agent == nil || !n.agent.process.Running() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := n.agent.exec(ctx, "vtysh", "-c", "show running-config", "-c", "show bgp summary", "-c", "show bgp ipv4 unicast")
	n.t.Logf("on %s (%v):\n%s", n.Name, err, strings.TrimSpace(out))
}
