//go:build linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// daemons are the protocols by which routing daemons sign their routes, in
// ascending order: include/uapi/linux/rtnetlink.h, and from 186 on those of
// FRR's zebra/rt_netlink.h. Their routes are not imported. FRR's own static
// routes (196) are among them: each is there because its prefix was imported,
// and would keep itself alive.
var daemons = []uint8{
	unix.RTPROT_GATED, unix.RTPROT_ZEBRA, unix.RTPROT_BIRD, unix.RTPROT_XORP, unix.RTPROT_BABEL, unix.RTPROT_OPENR,
	unix.RTPROT_BGP, unix.RTPROT_ISIS, unix.RTPROT_OSPF, unix.RTPROT_RIP,
	190, // RTPROT_RIPNG
	191, // RTPROT_NHRP
	unix.RTPROT_EIGRP,
	193, // RTPROT_LDP
	194, // RTPROT_SHARP
	195, // RTPROT_PBR
	196, // RTPROT_ZSTATIC
	197, // RTPROT_OPENFABRIC
	198, // RTPROT_SRTE
}

// routes returns the prefixes of the on-link routes by l, sorted, each once.
func (k *conversation) routes(ctx context.Context, l link) ([]netip.Prefix, error) {
	all, _, err := k.readRoutes(ctx, unix.AF_INET, l)
	if err == nil {
		var six []netip.Prefix
		six, err = k.routes6(ctx, l)
		all = append(all, six...)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the routes by %s: %w", l.name, err)
	}
	slices.SortFunc(all, netip.Prefix.Compare)
	return slices.Compact(all), nil
}

// routes6 returns the IPv6 ones, in any order and maybe more than once.
//
// The kernel delivers a long dump in parts, and when the table changed in
// between it continues by counting: the deletion of any route, one of BGP that
// leaves by another interface even, makes it skip a route that stayed, and
// nothing flags it. (IPv4 continues by destination and skips none.) A reading
// without a deletion is right. A table that is never at rest is read several
// times, and what any reading saw counts: a part of them may have skipped a
// route, and one that is gone by now was announced to Watch.
func (k *conversation) routes6(ctx context.Context, l link) ([]netip.Prefix, error) {
	const (
		readings = 5
		onePart  = 16 // so many routes need no second part, which has 3 kB at least
	)
	var seen []netip.Prefix
	for range readings {
		routes, messages, err := k.readRoutes(ctx, unix.AF_INET6, l)
		if err != nil {
			return nil, err
		}
		deleted, err := k.announced(func(kind uint16, _ []byte) bool { return kind == unix.RTM_DELROUTE })
		if err != nil {
			return nil, err
		}
		if !deleted || messages <= onePart {
			return routes, nil
		}
		seen = append(seen, routes...)
	}
	return seen, nil
}

// readRoutes dumps the routes of a family by l, and says how many messages
// that took.
func (k *conversation) readRoutes(ctx context.Context, family uint8, l link) (routes []netip.Prefix, messages int, err error) {
	unicast := &nl.RtMsg{RtMsg: unix.RtMsg{Family: family, Type: unix.RTN_UNICAST}}
	ofTable := nl.NewRtAttr(unix.RTA_TABLE, nl.Uint32Attr(l.table))
	byLink := nl.NewRtAttr(unix.RTA_OIF, nl.Uint32Attr(uint32(l.index)))
	routes, err = repeat(ctx, func() ([]netip.Prefix, error) {
		messages = 0
		return ask(ctx, k, unix.RTM_GETROUTE, unix.NLM_F_DUMP, func(m []byte) (netip.Prefix, bool) {
			messages++
			return decodeRoute(m, family, l)
		}, unicast, ofTable, byLink)
	})
	// A namespace that never had a route has no main table, nor has a new VRF one.
	if errors.Is(err, unix.ENOENT) {
		return nil, 0, nil
	}
	return routes, messages, err
}

func decodeRoute(m []byte, family uint8, l link) (netip.Prefix, bool) {
	if len(m) < unix.SizeofRtMsg {
		return netip.Prefix{}, false
	}
	msg := nl.DeserializeRtMsg(m)
	// A kernel without IPv6 answers a question about it with IPv4.
	if msg.Family != family || msg.Flags&unix.RTM_F_CLONED != 0 ||
		!imported(msg.Table, msg.Type, msg.Protocol) {
		return netip.Prefix{}, false
	}
	var destination netip.Addr
	var out uint32
	table := uint32(msg.Table)
	for kind, value := range attributes(m[msg.Len():]) {
		switch kind {
		case unix.RTA_DST: // a default route has none
			destination, _ = netip.AddrFromSlice(value)
		case unix.RTA_TABLE: // the header has room for numbers up to 255
			table = number(value)
		case unix.RTA_OIF:
			out = number(value)
		case unix.RTA_GATEWAY, unix.RTA_VIA, unix.RTA_MULTIPATH:
			// Not on-link; or, with several next hops, not something that
			// this one interface carries. (A single next hop written as
			// multipath comes back from the kernel as an ordinary one.)
			return netip.Prefix{}, false
		}
	}
	bits := int(msg.Dst_len)
	if table != l.table || int64(out) != int64(l.index) || !announceable(destination, bits) {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(destination, bits), true
}

// imported reports whether a route with this header may count, before looking at
// where it leads. The filter of Watch states the same in the kernel's terms.
// The table may be that of any VRF.
//
// The kernel's own routes, which come with addresses, are not imported: what is
// announced of an address depends on its state, and the kernel keeps the prefix
// routes of one that failed duplicate address detection, and those to peers.
func imported(table, kind, protocol uint8) bool {
	return table != unix.RT_TABLE_LOCAL && kind == unix.RTN_UNICAST && protocol != unix.RTPROT_KERNEL && !slices.Contains(daemons, protocol)
}
