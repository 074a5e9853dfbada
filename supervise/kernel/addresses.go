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

// held are the addresses of an interface, sorted, each once, by whether they
// are announced, and what zebra may have of them besides.
type held struct {
	announced []render.Address
	unusable  []render.UnusableAddress
	withheld  []netip.Prefix
}

// addresses returns the addresses of l that can be announced, and those that
// cannot because of their state.
func (k *conversation) addresses(ctx context.Context, l link) (held, error) {
	all, err := repeat(ctx, func() ([]address, error) { return k.readAddresses(ctx, l) })
	if err != nil {
		return held{}, fmt.Errorf("reading the addresses of %s: %w", l.name, err)
	}
	var out held
	for _, a := range all {
		out.add(a)
	}
	slices.SortFunc(out.announced, func(a, b render.Address) int {
		return cmp.Or(a.Prefix.Compare(b.Prefix), compareBool(a.Peer.IsValid(), b.Peer.IsValid()), a.Peer.Compare(b.Peer), compareBool(a.NoPrefixRoute, b.NoPrefixRoute))
	})
	// One local address may have several peers.
	out.announced = slices.CompactFunc(out.announced, func(a, b render.Address) bool { return a.Prefix == b.Prefix })
	slices.SortFunc(out.unusable, func(a, b render.UnusableAddress) int { return a.Prefix.Compare(b.Prefix) })
	slices.SortFunc(out.withheld, netip.Prefix.Compare)
	out.withheld = slices.Compact(out.withheld)
	return out, nil
}

// add sorts an address in by the kernel's state of it.
func (c *held) add(a address) {
	prefix := netip.PrefixFrom(a.local, a.bits)
	if a.peer() {
		prefix = netip.PrefixFrom(a.local, a.local.BitLen())
	}
	withhold := func(p netip.Prefix) {
		if p = p.Masked(); announceable(p.Addr(), p.Bits()) {
			c.withheld = append(c.withheld, p)
		}
	}
	if a.peer() {
		withhold(netip.PrefixFrom(a.address, a.bits))
	}
	if !announceable(prefix.Addr(), prefix.Bits()) {
		return
	}
	switch state := stateOf(a.flags, a.scope); {
	case state == nil:
		out := render.Address{Prefix: prefix, NoPrefixRoute: a.flags&unix.IFA_F_NOPREFIXROUTE != 0}
		if a.peer() {
			out.Peer = netip.PrefixFrom(a.address, a.bits)
		}
		c.announced = append(c.announced, out)
	case !state.passing:
		c.unusable = append(c.unusable, render.UnusableAddress{Prefix: prefix, Why: state.why})
		withhold(prefix)
	}
}

// readAddresses dumps the addresses of l. The error is ErrDumpInterrupted if one
// was deleted meanwhile.
//
// The kernel delivers a long dump in parts, each continued by counting, so a
// deletion makes it skip an address that stayed. It does not flag all dumps of
// that kind, at least where it dumps without the lock that changes hold, and
// it flags additions too, which do no harm. So the flag is ignored here: a
// deletion is known by its announcement.
func (k *conversation) readAddresses(ctx context.Context, l link) ([]address, error) {
	removal := func(kind uint16, body []byte) bool {
		return kind == unix.RTM_DELADDR && int64(nl.DeserializeIfAddrmsg(body).Index) == int64(l.index)
	}
	// What was announced so far is complete (see Observe) and of no interest.
	if _, err := k.announced(removal); err != nil {
		return nil, err
	}
	ofLink := nl.NewIfAddrmsg(unix.AF_UNSPEC)
	ofLink.Index = uint32(l.index)
	addresses, err := ask(ctx, k, unix.RTM_GETADDR, unix.NLM_F_DUMP, func(m []byte) (address, bool) {
		a, ok := decodeAddress(m)
		return a, ok && int64(a.index) == int64(l.index)
	}, ofLink)
	if err != nil && !errors.Is(err, nl.ErrDumpInterrupted) {
		return nil, err
	}
	// Answered under the lock that changes hold: whatever the dump may have
	// seen is announced by then.
	itself := nl.NewIfInfomsg(unix.AF_UNSPEC)
	itself.Index = l.index
	if _, err := ask(ctx, k, unix.RTM_GETLINK, 0, decodeLink, itself, brief()); err != nil {
		return nil, err
	}
	deleted, err := k.announced(removal)
	if err == nil && deleted {
		err = nl.ErrDumpInterrupted
	}
	return addresses, err
}

// address is what the kernel says of an address. The address itself is local;
// address is the same, or the peer's, of which the mask is then.
type address struct {
	index          uint32
	local, address netip.Addr
	bits           int
	flags          uint32
	scope          uint8
}

// peer reports whether it is one end of a pair, which the kernel makes a route
// to the other end for.
func (a address) peer() bool { return a.local != a.address }

func decodeAddress(m []byte) (address, bool) {
	if len(m) < unix.SizeofIfAddrmsg {
		return address{}, false
	}
	msg := nl.DeserializeIfAddrmsg(m)
	if msg.Family != unix.AF_INET && msg.Family != unix.AF_INET6 {
		return address{}, false
	}
	a := address{index: msg.Index, bits: int(msg.Prefixlen), flags: uint32(msg.Flags), scope: msg.Scope}
	for kind, value := range attributes(m[msg.Len():]) {
		switch kind {
		case unix.IFA_LOCAL:
			a.local, _ = netip.AddrFromSlice(value)
		case unix.IFA_ADDRESS:
			a.address, _ = netip.AddrFromSlice(value)
		case unix.IFA_FLAGS:
			a.flags = number(value)
		}
	}
	if !a.local.IsValid() {
		a.local = a.address
	}
	if !a.address.IsValid() {
		a.address = a.local
	}
	return a, a.local.IsValid() && a.local.BitLen() == a.address.BitLen() && a.bits <= a.local.BitLen()
}

// announceable reports whether a neighbor may hear of a, with a mask of bits:
// not of what is this host's, this link's or multicast. Of masks that are hardly
// meant package render tells the user.
func announceable(a netip.Addr, bits int) bool {
	return a.IsValid() && bits >= 0 && bits <= a.BitLen() &&
		!a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() && !a.IsLinkLocalUnicast()
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
