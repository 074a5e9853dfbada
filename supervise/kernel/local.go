//go:build linux

package kernel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/render"
)

// Local returns which of some addresses any interface carries, with the
// interface and its VRF, sorted. An interface that vanishes meanwhile is left
// out.
func Local(ctx context.Context, among []netip.Addr) ([]render.LocalAddress, error) {
	if len(among) == 0 {
		return nil, nil
	}
	k, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	defer k.close()
	wanted := make(map[netip.Addr]bool, len(among))
	for _, a := range among {
		wanted[a] = true
	}
	found, err := ask(ctx, k, unix.RTM_GETADDR, unix.NLM_F_DUMP, func(m []byte) (carried, bool) {
		c := decodeCarried(m)
		return c, wanted[c.address]
	}, nl.NewIfAddrmsg(unix.AF_UNSPEC))
	// A dump that was interrupted skips an address at most, and the change that
	// interrupted it has this asked again.
	if err != nil && !errors.Is(err, nl.ErrDumpInterrupted) {
		return nil, fmt.Errorf("reading the addresses of all interfaces: %w", err)
	}
	var out []render.LocalAddress
	for _, c := range found {
		itself := nl.NewIfInfomsg(unix.AF_UNSPEC)
		itself.Index = c.index
		links, err := ask(ctx, k, unix.RTM_GETLINK, 0, decodeLink, itself, brief())
		if err == nil {
			links, err = k.withVRFs(ctx, links)
		}
		if errors.Is(err, unix.ENODEV) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for the interface of %s: %w", c.address, err)
		}
		for _, l := range links {
			out = append(out, render.LocalAddress{Address: c.address, Interface: l.name, VRF: l.vrf})
		}
	}
	slices.SortFunc(out, func(a, b render.LocalAddress) int {
		return cmp.Or(a.Address.Compare(b.Address), cmp.Compare(a.Interface, b.Interface))
	})
	return slices.Compact(out), nil
}

// carried is an address and the index of the interface that carries it.
type carried struct {
	address netip.Addr
	index   int32
}

// decodeCarried reads the local address of an interface: with a peer's address,
// IFA_LOCAL is the own one.
func decodeCarried(m []byte) carried {
	if len(m) < unix.SizeofIfAddrmsg {
		return carried{}
	}
	msg := nl.DeserializeIfAddrmsg(m)
	var local, address netip.Addr
	for kind, value := range attributes(m[msg.Len():]) {
		switch kind {
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(value)
		case unix.IFA_ADDRESS:
			address, _ = netip.AddrFromSlice(value)
		}
	}
	if !local.IsValid() {
		local = address
	}
	return carried{local, int32(msg.Index)}
}
