package report

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/status"
)

// NodeKernel is the kernel in the network namespace of the calling thread.
type NodeKernel struct{}

// Routes dumps a table. The kernel walks the whole of it, 0.1 ms for 1,000 routes, and sends those of the protocol only.
func (NodeKernel) Routes(ctx context.Context, table uint32, protocol uint8, most int) ([]status.Installed, int64, error) {
	socket, err := dial(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer socket.Close()
	var routes []status.Installed
	var total int64
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		req := nl.NewNetlinkRequest(unix.RTM_GETROUTE, unix.NLM_F_DUMP)
		req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: socket}}
		req.AddData(&nl.RtMsg{RtMsg: unix.RtMsg{Family: family, Protocol: protocol}})
		req.AddData(nl.NewRtAttr(unix.RTA_TABLE, nl.Uint32Attr(table)))
		err := req.ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWROUTE, func(m []byte) bool {
			route, ok := decodeRoute(m, family, table, protocol)
			if ok && !(len(routes) > 0 && routes[len(routes)-1] == route) { // IPv6: a message for each of several next hops
				if total++; len(routes) < most {
					routes = append(routes, route)
				}
			}
			return true
		})
		// A table without a route is none. What changed during the dump is seen at the next look.
		if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, nl.ErrDumpInterrupted) {
			return nil, 0, fmt.Errorf("reading table %d of the kernel: %w", table, err)
		}
	}
	return routes, total, nil
}

func decodeRoute(m []byte, family uint8, table uint32, protocol uint8) (status.Installed, bool) {
	if len(m) < unix.SizeofRtMsg {
		return status.Installed{}, false
	}
	msg := nl.DeserializeRtMsg(m)
	// A kernel that does not filter dumps (before 4.20) sends everything.
	if msg.Family != family || msg.Protocol != protocol || msg.Flags&unix.RTM_F_CLONED != 0 {
		return status.Installed{}, false
	}
	// ParseRouteAttr steps over an attribute with what fills it up to four bytes, which has to be there (netlink(7)).
	rest := m[msg.Len():]
	for len(rest)%unix.RTA_ALIGNTO != 0 {
		rest = append(rest[:len(rest):len(rest)], 0)
	}
	attributes, err := nl.ParseRouteAttr(rest)
	if err != nil {
		return status.Installed{}, false
	}
	out := status.Installed{Table: uint32(msg.Table)}
	destination := netip.IPv4Unspecified() // a default route has none
	if family == unix.AF_INET6 {
		destination = netip.IPv6Unspecified()
	}
	for _, a := range attributes {
		switch a.Attr.Type {
		case unix.RTA_DST:
			destination, _ = netip.AddrFromSlice(a.Value)
		case unix.RTA_TABLE: // the header has room for numbers up to 255
			out.Table = number(a.Value)
		case unix.RTA_PRIORITY:
			out.Metric = number(a.Value)
		}
	}
	out.Prefix = netip.PrefixFrom(destination, int(msg.Dst_len))
	return out, out.Table == table && out.Prefix.IsValid()
}

// number is the value of an attribute that is one, 0 of one that is too short.
func number(value []byte) uint32 {
	if len(value) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(value)
}

// dial opens a netlink socket whose dumps the kernel filters, and whose answers do not come later than the context allows.
func dial(ctx context.Context) (*nl.NetlinkSocket, error) {
	socket, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("opening a netlink socket to read routes: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		tv := unix.NsecToTimeval(max(time.Until(deadline), time.Microsecond).Nanoseconds())
		_ = socket.SetSendTimeout(&tv) // these two only store the value
		_ = socket.SetReceiveTimeout(&tv)
	}
	_ = unix.SetsockoptInt(socket.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	return socket, nil
}

// Answering reads the neighbor tables (ARP, RFC 4861).
func (NodeKernel) Answering(context.Context) (map[netip.Addr]bool, error) {
	const unanswered = unix.NUD_INCOMPLETE | unix.NUD_FAILED
	entries, err := netlink.NeighList(0, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("reading the kernel's neighbor tables: %w", err)
	}
	out := map[netip.Addr]bool{}
	for _, e := range entries {
		addr, ok := netip.AddrFromSlice(e.IP)
		if addr = addr.Unmap(); !ok || addr.IsMulticast() || e.State == unix.NUD_NONE {
			continue
		}
		// On any link: a link-local address may stand for several neighbors.
		out[addr] = out[addr] || e.State&unanswered == 0
	}
	return out, nil
}

// Direct asks the kernel for its route to each address, and for the addresses of all interfaces.
func (NodeKernel) Direct(_ context.Context, of []netip.Addr) (map[netip.Addr]status.Direct, error) {
	out := map[netip.Addr]status.Direct{}
	if len(of) == 0 {
		return out, nil
	}
	carried, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return nil, fmt.Errorf("reading the addresses of all interfaces: %w", err)
	}
	for _, to := range of {
		routes, err := netlink.RouteGet(to.AsSlice())
		if err != nil || len(routes) == 0 || routes[0].Gw != nil || routes[0].Via != nil || routes[0].Type != unix.RTN_UNICAST {
			continue // no route to it, or not a direct one
		}
		link, err := netlink.LinkByIndex(routes[0].LinkIndex)
		if err != nil {
			continue
		}
		direct := status.Direct{Interface: link.Attrs().Name}
		for _, a := range carried {
			network := a.IPNet
			if a.Peer != nil && !a.Peer.IP.Equal(a.IP) {
				network = a.Peer // the mask is the peer's
			}
			own, ok := netip.AddrFromSlice(a.IP)
			bits, _ := network.Mask.Size()
			if own = own.Unmap(); ok && a.Flags&unix.IFA_F_NOPREFIXROUTE == 0 && a.LinkIndex == routes[0].LinkIndex && network.Contains(to.AsSlice()) && own != to {
				direct.Carries = netip.PrefixFrom(own, bits)
			}
		}
		out[to] = direct
	}
	return out, nil
}

// MD5 reads /proc/net/netstat.
func (NodeKernel) MD5(context.Context) (MD5Counts, error) {
	text, err := os.ReadFile("/proc/thread-self/net/netstat")
	return parseMD5(string(text)), err
}
