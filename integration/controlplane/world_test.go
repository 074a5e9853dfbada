//go:build linux

package controlplane

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/client-go/kubernetes/typed/coordination/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const (
	kubeLB    = "kube-lb0"
	namespace = "purelb-system"
	// leaseLasts is how long after the death of its holder the Lease may be taken.
	leaseLasts = 6 * time.Second
	// heartbeat is how often a status is written at least.
	heartbeat = 10 * time.Second
)

// world is an API server, two nodes, of one version of FRR each, and three routers that both peer with: one permanently, one
// with a password from a Secret, one that nodes of a label peer with.
type world struct {
	*testing.T
	server  *apiserver.Server
	admin   *client.Clientset
	core    *corev1.CoreV1Client
	leases  *coordinationv1.CoordinationV1Client
	routers [3]*router
	nodes   []*node
	secret  int     // the number of the password that the guarded router has
	next    []fault // that will strike
	table   table
}

// The routers.
const (
	plain = iota
	guarded
	selected
)

type router struct {
	*listener.Listener
	host    *lab.Host
	address string
}

func newWorld(t *testing.T) *world {
	admin, err := client.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, server: server, admin: admin, secret: 1, table: table{}}
	w.leases, err = coordinationv1.NewForConfig(server.Config())
	w.must(err)
	w.core, err = corev1.NewForConfig(server.Config())
	w.must(err)
	rights, err := os.ReadFile("../incluster/testdata/rbac.yaml")
	w.must(err)
	ctx, cancel := w.deadline()
	defer cancel()
	w.must(server.Apply(ctx, "{apiVersion: v1, kind: Namespace, metadata: {name: "+namespace+"}}"))
	w.must(server.Apply(ctx, string(rights)))
	w.keep(password(1))
	w.must(w.create())

	l := lab.New(t)
	lan := l.LAN()
	for i := range w.routers {
		r := &router{host: l.Host(fmt.Sprintf("router-%d", i+1)), address: fmt.Sprintf("192.0.2.%d", i+1)}
		lan.Attach(r.host.Port("eth0", r.address+"/24"))
		w.routers[i] = r
	}
	for i, v := range lab.Versions {
		n := w.node(l, i, v)
		lan.Attach(n.Port("eth0", n.address.String()+"/24"))
		w.nodes = append(w.nodes, n)
	}
	for i, r := range w.routers {
		r.Listener = r.host.Listen(w.speaker(i, 1))
	}
	for _, n := range w.nodes {
		n.renew()
		n.startAgent()
	}
	return w
}

// speaker is how a router listens, with the password of a number where it has one.
func (w *world) speaker(router, number int) listener.Config {
	c := listener.Config{ASN: 65001}
	if router == guarded {
		c.Passwords = map[netip.Addr]string{}
		for _, n := range w.nodes {
			c.Passwords[n.address] = password(number)
		}
	}
	return c
}

func password(number int) string { return fmt.Sprintf("password-%d", number) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) deadline() (context.Context, context.CancelFunc) { return w.wait().Deadline() }

func (w *world) wait() machine.Wait { return machine.Wait{TB: w.T, Patience: *patience} }

// apply is kubectl apply.
func (w *world) apply(manifest string) {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	w.must(w.server.Apply(ctx, manifest))
}

// kubectl runs in the agents' namespace.
func (w *world) kubectl(args ...string) string {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	out, err := w.server.Kubectl(ctx, append([]string{"-n", namespace}, args...)...)
	w.must(err)
	return strings.TrimSpace(out)
}

// configMaps are of the agents' namespace, and do not concern them.
func (w *world) configMaps() corev1.ConfigMapInterface { return w.core.ConfigMaps(namespace) }
