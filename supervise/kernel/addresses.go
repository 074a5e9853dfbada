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

// addresses returns the addresses of l that can be announced, sorted, each
// once.
func (k *conversation) addresses(ctx context.Context, l link) ([]render.Address, error) {
	addresses, err := repeat(ctx, func() ([]render.Address, error) { return k.readAddresses(ctx, l) })
	if err != nil {
		return nil, fmt.Errorf("reading the addresses of %s: %w", l.name, err)
	}
	slices.SortFunc(addresses, func(a, b render.Address) int {
		return cmp.Or(a.Prefix.Compare(b.Prefix), compareBool(a.NoPrefixRoute, b.NoPrefixRoute))
	})
	// One local address may have several peers.
	return slices.CompactFunc(addresses, func(a, b render.Address) bool { return a.Prefix == b.Prefix }), nil
}

// readAddresses dumps the addresses of l. The error is ErrDumpInterrupted if one
// was deleted meanwhile.
//
// The kernel delivers a long dump in parts, each continued by counting, so a
// deletion makes it skip an address that stayed. It does not flag all dumps of
// that kind, at least where it dumps without the lock that changes hold, and
// it flags additions too, which do no harm. So the flag is ignored here: a
// deletion is known by its announcement.
func (k *conversation) readAddresses(ctx context.Context, l link) ([]render.Address, error) {
	removal := func(kind uint16, body []byte) bool {
		return kind == unix.RTM_DELADDR && int64(nl.DeserializeIfAddrmsg(body).Index) == int64(l.index)
	}
	// What was announced so far is complete (see Observe) and of no interest.
	if _, err := k.announced(removal); err != nil {
		return nil, err
	}
	ofLink := nl.NewIfAddrmsg(unix.AF_UNSPEC)
	ofLink.Index = uint32(l.index)
	addresses, err := ask(ctx, k, unix.RTM_GETADDR, unix.NLM_F_DUMP, func(m []byte) (render.Address, bool) {
		return decodeAddress(m, l)
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

func decodeAddress(m []byte, l link) (render.Address, bool) {
	if len(m) < unix.SizeofIfAddrmsg {
		return render.Address{}, false
	}
	msg := nl.DeserializeIfAddrmsg(m)
	if int64(msg.Index) != int64(l.index) || msg.Family != unix.AF_INET && msg.Family != unix.AF_INET6 {
		return render.Address{}, false
	}
	flags := uint32(msg.Flags)
	var local, address netip.Addr
	for kind, value := range attributes(m[msg.Len():]) {
		switch kind {
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(value)
		case unix.IFA_ADDRESS:
			address, _ = netip.AddrFromSlice(value)
		case unix.IFA_FLAGS:
			flags = number(value)
		}
	}
	// IFA_ADDRESS is the address, or the peer's where IFA_LOCAL differs. The
	// mask then is the peer's too, and so is the connected route; the local
	// address is a host of its own.
	bits := int(msg.Prefixlen)
	peer := local.IsValid() && local != address
	if peer {
		address, bits = local, local.BitLen()
	}
	// An address that failed duplicate detection is somebody else's; a
	// tentative or deprecated one is ours.
	if flags&unix.IFA_F_DADFAILED != 0 || !announceable(address, bits) {
		return render.Address{}, false
	}
	return render.Address{
		Prefix:        netip.PrefixFrom(address, bits),
		NoPrefixRoute: peer || flags&unix.IFA_F_NOPREFIXROUTE != 0,
	}, true
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
