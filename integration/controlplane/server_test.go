//go:build linux

package controlplane

import (
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/integration/apiserver"
)

// What happens to the API server, its etcd, and the ways to it.
var ofServer = []fault{
	{name: "the API server is killed", strike: func(w *world, _ *rand.Rand) func() {
		w.cut(w.nodes)
		w.must(w.server.Kill())
		return func() { w.restart(); w.heal(w.nodes) }
	}},
	{name: "the API server is halted", strike: func(w *world, _ *rand.Rand) func() {
		w.must(w.server.Halt())
		return func() { w.must(w.server.Resume()) }
	}},
	{name: "the API server is halted for a minute", long: true, lasts: time.Minute, strike: func(w *world, _ *rand.Rand) func() {
		w.must(w.server.Halt())
		return func() { w.must(w.server.Resume()) }
	}},
	{name: "the way to the API server is cut", strike: func(w *world, r *rand.Rand) func() {
		struck := w.some(r)
		w.cut(struck)
		return func() { w.heal(struck) }
	}},
	{name: "the way to the API server is cut, and the agent killed", strike: func(w *world, r *rand.Rand) func() {
		struck := w.some(r)
		w.cut(struck)
		for _, n := range struck {
			n.killAgent()
			n.startAgent()
		}
		return func() { w.heal(struck) }
	}},
	{name: "the way to the API server swallows everything", strike: stalled},
	{name: "the way to the API server swallows everything for a minute", long: true, lasts: time.Minute, strike: stalled},
	{name: "connections to the API server are forgotten", long: true, within: 75 * time.Second, strike: func(w *world, r *rand.Rand) func() {
		struck := w.some(r)
		for _, n := range struck {
			n.way.Forget()
		}
		return func() {}
	}},
	{name: "etcd is killed", strike: func(w *world, _ *rand.Rand) func() {
		w.must(w.server.KillEtcd())
		return func() {
			ctx, cancel := w.deadline()
			defer cancel()
			w.must(w.server.StartEtcd(ctx))
		}
	}},
	{name: "etcd comes back with an older snapshot", long: true, within: 40 * time.Second, strike: rewound},
}

func stalled(w *world, r *rand.Rand) func() {
	struck := w.some(r)
	for _, n := range struck {
		n.way.Stall()
	}
	return func() { w.heal(struck) }
}

// rewound has the server forget what was declared last, and a number of versions, some of which it will give again.
func rewound(w *world, r *rand.Rand) func() {
	w.must(w.server.Snapshot())
	ctx, cancel := w.deadline()
	defer cancel()
	w.describe("forgotten")
	for i := range r.IntN(200) {
		_, err := w.configMaps().Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("forgotten-%d", i)}}, metav1.CreateOptions{})
		w.must(err)
	}
	time.Sleep(2 * time.Second) // it runs
	w.cut(w.nodes)
	return func() {
		ctx, cancel := w.deadline()
		defer cancel()
		w.must(w.server.Rewind(ctx))
		w.heal(w.nodes)
	}
}

// restart starts the API server again.
func (w *world) restart() {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	w.must(w.server.Restart(ctx))
}

func (w *world) cut(nodes []*node) {
	w.each(nodes, func(p *apiserver.Proxy) error { p.Cut(); return nil })
}

func (w *world) heal(nodes []*node) { w.each(nodes, (*apiserver.Proxy).Heal) }

func (w *world) each(nodes []*node, do func(*apiserver.Proxy) error) {
	w.Helper()
	for _, n := range nodes {
		w.must(do(n.way))
	}
}
