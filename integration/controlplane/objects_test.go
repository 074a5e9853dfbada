//go:build linux

package controlplane

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What happens to the objects that declare something.
var ofObjects = []fault{
	{name: "the Secret is deleted", strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("delete", "secret", "bgp-passwords")
		return func() { w.keep(password(w.secret)) }
	}},
	{name: "the password is rotated", resets: []int{guarded}, strike: func(w *world, r *rand.Rand) func() {
		w.secret++
		first, second := func() { w.keep(password(w.secret)) }, w.listenAnew
		if r.IntN(2) == 0 {
			first, second = second, first
		}
		first()
		return second
	}},
	{name: "a Node is deleted and made anew", resets: []int{selected}, strike: func(w *world, r *rand.Rand) func() {
		n := w.nodes[r.IntN(len(w.nodes))]
		w.kubectl("delete", "node", n.Host.Name)
		return n.join
	}},
	{name: "a Node is deleted and made anew at once", resets: []int{selected}, strike: func(w *world, r *rand.Rand) func() {
		n := w.nodes[r.IntN(len(w.nodes))]
		w.kubectl("delete", "node", n.Host.Name)
		n.join()
		return func() {}
	}},
	{name: "a Node is relabelled", resets: []int{selected}, lasts: 4 * time.Second, strike: func(w *world, r *rand.Rand) func() {
		n := w.nodes[r.IntN(len(w.nodes))]
		w.kubectl("label", "node", n.Host.Name, "rack=two", "--overwrite")
		ctx, cancel := w.deadline()
		defer cancel()
		if _, err := n.hears(selected).WaitDown(ctx); err != nil {
			w.Errorf("the neighbor's nodeSelector no longer matches: %v", err)
		}
		return func() { w.kubectl("label", "node", n.Host.Name, "rack=one", "--overwrite") }
	}},
	{name: "the configuration is deleted and made anew", strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("delete", "bgpconfig", "default")
		return func() { w.must(w.create()) }
	}},
	{name: "the configuration is deleted and made anew at once", strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("delete", "bgpconfig", "default")
		w.must(w.create())
		return func() {}
	}},
	{name: "the kinds are deleted and installed anew", long: true, resets: all, within: 75 * time.Second, strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("delete", "-f", definitions)
		return func() {
			ctx, cancel := w.deadline()
			defer cancel()
			w.must(w.server.ApplyCRDs(ctx, definitions))
			w.must(w.create())
		}
	}},
	{name: "the configuration changes all the time", strike: rewrite},
	{name: "everything else changes all the time", strike: flood},
}

// listenAnew has the router with passwords use the latest.
func (w *world) listenAnew() {
	w.routers[guarded].Close()
	w.routers[guarded].Listener = w.routers[guarded].host.Listen(w.speaker(guarded, w.secret))
}

// flood changes what does not concern the agents, which must neither be told of it nor ask.
func flood(w *world, r *rand.Rand) func() {
	const writers, each = 8, 150
	type cost struct {
		requests int
		bytes    int64
		cpu      float64
	}
	costs := func(n *node) cost {
		return cost{n.wire.count(), n.wire.bytes.Load(), n.metric("process_cpu_seconds_total")}
	}
	before := map[*node]cost{}
	for _, n := range w.nodes {
		before[n] = costs(n)
	}
	ctx, cancel := w.deadline()
	defer cancel()
	began := time.Now()
	var writing errgroup.Group
	story := r.Uint64()
	for i := range writers {
		writing.Go(func() error {
			for j := range each {
				if err := w.other(ctx, j, fmt.Sprintf("other-%x-%d-%d", story, i, j)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	w.must(writing.Wait())
	took := time.Since(began)
	for _, n := range w.nodes {
		now, was := costs(n), before[n]
		requests, bytes := now.requests-was.requests, now.bytes-was.bytes
		w.Logf("%s: %d objects of others were made in %v: %d requests, %d bytes, %.2fs of CPU", n.Host.Name, writers*each, took.Round(time.Millisecond),
			requests, bytes, now.cpu-was.cpu)
		if seconds := took.Seconds(); float64(requests) > 8+4*seconds || float64(bytes) > 100e3*(1+seconds) {
			w.Errorf("%s: while others' objects changed, the agent made %d requests and was told %d bytes in %v", n.Host.Name, requests, bytes, took)
		}
	}
	return func() {}
}

// rewrite changes the configuration as often as the server takes it.
func rewrite(w *world, _ *rand.Rand) func() {
	ctx, cancel := w.deadline()
	defer cancel()
	const lasts = 3 * time.Second
	began := time.Now()
	var changes atomic.Int64
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for time.Since(began) < lasts {
				if err := w.describing(ctx, fmt.Sprintf("change %d", changes.Add(1))); err != nil && !apierrors.IsConflict(err) {
					return err
				}
			}
			return nil
		})
	}
	w.must(g.Wait())
	w.Logf("the configuration changed %d times in %v", changes.Load(), lasts)
	return func() {}
}

// other makes an object that does not concern the agents.
func (w *world) other(ctx context.Context, kind int, name string) (err error) {
	meta := metav1.ObjectMeta{Name: name}
	switch kind % 3 {
	case 0:
		_, err = w.admin.Nodes().Create(ctx, &corev1.Node{ObjectMeta: meta}, metav1.CreateOptions{})
	case 1:
		_, err = w.admin.Secrets(namespace).Create(ctx, &corev1.Secret{ObjectMeta: meta}, metav1.CreateOptions{})
	default:
		_, err = w.configMaps().Create(ctx, &corev1.ConfigMap{ObjectMeta: meta}, metav1.CreateOptions{})
	}
	return err
}
