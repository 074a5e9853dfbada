//go:build linux

// Package kernel shows what network interfaces carry: it reads, through
// netlink, the addresses and on-link routes of the interfaces that import
// patterns match, and says when to look again.
//
// Both functions work in the network namespace of the calling thread.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"path"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/render"
)

// Observe returns every interface whose name matches one of patterns, with
// its VRF, its addresses and its on-link routes, all of them sorted. A pattern is an
// interface's name or a glob as path.Match has it. An interface that vanishes
// while it is read is left out.
//
// It is an error if a pattern is malformed, or if the kernel's tables change
// so fast that no consistent reading is had within a second: half a reading
// would look like withdrawn services.
func Observe(ctx context.Context, patterns []string) ([]render.Link, error) {
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("the interface pattern %q is malformed: write a name, or a glob of *, ? and [a-z]", p)
		}
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	k, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	defer k.close()

	// Links come first, always: the kernel answers this question under the
	// lock that changes hold. Whoever looks because of a notification so waits
	// for the change to be complete, with those of its consequences that come
	// after the announcement: routes flushed with a link or source address.
	links, err := k.links(ctx, patterns)
	if err != nil {
		return nil, err
	}
	var observed []render.Link
	var read []link
	for _, l := range links {
		link, err := k.observe(ctx, l)
		if errors.Is(err, unix.ENODEV) {
			continue
		}
		if err != nil {
			return nil, err
		}
		observed, read = append(observed, link), append(read, l)
	}
	return observed, k.elsewhere(ctx, read, observed)
}

// observe reads what l carries; the error is ENODEV if l is gone.
func (k *conversation) observe(ctx context.Context, l link) (render.Link, error) {
	addresses, err := k.addresses(ctx, l)
	if err != nil {
		return render.Link{}, err
	}
	routes, err := k.routes(ctx, l)
	if err != nil {
		return render.Link{}, err
	}
	table := l.table
	if table == unix.RT_TABLE_MAIN {
		table = 0
	}
	return render.Link{Name: l.name, VRF: l.vrf, Table: table, Up: l.up, Addresses: addresses.announced, Routes: routes,
		Unusable: addresses.unusable, Withheld: addresses.withheld}, nil
}
