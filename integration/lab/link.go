//go:build linux

package lab

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Port is an end of a cable: a network interface to be made on a host, with its addresses ("10.1.0.2/24").
type Port struct {
	host      *Host
	name      string
	addresses []string
}

// Port describes an interface of the host, for Connect or LAN.
func (h *Host) Port(name string, addresses ...string) Port { return Port{h, name, addresses} }

// Connect lays a cable (a veth pair) between two hosts. Both ends are up, and their addresses usable, when it returns.
func (l *Lab) Connect(a, b Port) {
	l.tb.Helper()
	if err := connect(a, b); err != nil {
		l.tb.Fatalf("lab: connect %s on %s with %s on %s: %v", a.name, a.host.Name, b.name, b.host.Name, err)
	}
}

// Each end is created in its own namespace under its final name, so nothing ever appears on the machine itself.
func connect(a, b Port) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = a.name
	veth := &netlink.Veth{LinkAttrs: attrs, PeerName: b.name, PeerNamespace: netlink.NsFd(b.host.ns.Fd())}
	if err := a.host.nl.LinkAdd(veth); err != nil {
		return err
	}
	for _, p := range []Port{a, b} {
		if err := p.host.setUp(p.name, true); err != nil {
			return err
		}
		for _, address := range p.addresses {
			if err := p.host.changeAddress((*netlink.Handle).AddrAdd, p.name, address); err != nil {
				return err
			}
		}
	}
	return nil
}

// LAN is an Ethernet switch.
type LAN struct {
	host  *Host
	ports int
}

// LAN makes a switch (a bridge in a namespace of its own) and connects the ports to it.
func (l *Lab) LAN(ports ...Port) *LAN {
	l.tb.Helper()
	l.mu.Lock()
	l.lans++
	name := fmt.Sprintf("lan%d", l.lans)
	l.mu.Unlock()
	lan := &LAN{host: l.Host(name)}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "br0"
	if err := lan.host.nl.LinkAdd(&netlink.Bridge{LinkAttrs: attrs}); err != nil {
		lan.host.fatal("make bridge br0", err)
	}
	lan.host.SetUp("br0")
	for _, p := range ports {
		lan.Attach(p)
	}
	return lan
}

// Attach connects one more port.
func (lan *LAN) Attach(p Port) {
	lan.host.lab.tb.Helper()
	lan.ports++
	own := lan.host.Port(fmt.Sprintf("port%d", lan.ports))
	lan.host.lab.Connect(own, p)
	bridge, err := lan.host.nl.LinkByName("br0")
	if err == nil {
		var link netlink.Link
		if link, err = lan.host.nl.LinkByName(own.name); err == nil {
			err = lan.host.nl.LinkSetMaster(link, bridge)
		}
	}
	if err != nil {
		lan.host.fatal("add "+own.name+" to br0", err)
	}
}

// KubeLB makes the interface that PureLB puts service addresses on, and sets it up. It is a dummy if the kernel has such
// devices, and else an ifb, which every kernel has: as silent as a dummy, and FRR treats it as one.
func (h *Host) KubeLB(name string) {
	h.lab.tb.Helper()
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	err := h.nl.LinkAdd(&netlink.Dummy{LinkAttrs: attrs})
	if errors.Is(err, unix.EOPNOTSUPP) {
		err = h.nl.LinkAdd(&netlink.Ifb{LinkAttrs: attrs})
	}
	if err != nil {
		h.fatal("make "+name, err)
	}
	h.SetUp(name)
}

// AddressOption changes how an address is added.
type AddressOption func(*netlink.Addr)

// NoPrefixRoute has the kernel make no route to the address's prefix.
func NoPrefixRoute(a *netlink.Addr) { a.Flags |= unix.IFA_F_NOPREFIXROUTE }

// AddAddress puts an address with its prefix length, such as "10.9.8.9/24", on an interface. IPv6 addresses skip
// duplicate address detection, so they are usable at once.
func (h *Host) AddAddress(iface, address string, options ...AddressOption) {
	h.lab.tb.Helper()
	if err := h.changeAddress((*netlink.Handle).AddrAdd, iface, address, options...); err != nil {
		h.fatal("add "+address+" to "+iface, err)
	}
}

// DelAddress takes an address off an interface.
func (h *Host) DelAddress(iface, address string) {
	h.lab.tb.Helper()
	if err := h.changeAddress((*netlink.Handle).AddrDel, iface, address); err != nil {
		h.fatal("delete "+address+" from "+iface, err)
	}
}

func (h *Host) changeAddress(change func(*netlink.Handle, netlink.Link, *netlink.Addr) error, iface, address string,
	options ...AddressOption) error {
	prefix, err := netip.ParsePrefix(address)
	if err != nil {
		return err
	}
	link, err := h.nl.LinkByName(iface)
	if err != nil {
		return err
	}
	addr, err := netlink.ParseAddr(address)
	if err != nil {
		return err
	}
	if prefix.Addr().Is6() {
		addr.Flags |= unix.IFA_F_NODAD
	}
	for _, option := range options {
		option(addr)
	}
	return change(h.nl, link, addr)
}

// SetUp sets an interface up.
func (h *Host) SetUp(iface string) {
	h.lab.tb.Helper()
	if err := h.setUp(iface, true); err != nil {
		h.fatal("set "+iface+" up", err)
	}
}

// SetDown sets an interface down.
func (h *Host) SetDown(iface string) {
	h.lab.tb.Helper()
	if err := h.setUp(iface, false); err != nil {
		h.fatal("set "+iface+" down", err)
	}
}

func (h *Host) setUp(iface string, up bool) error {
	link, err := h.nl.LinkByName(iface)
	if err != nil {
		return err
	}
	if up {
		return h.nl.LinkSetUp(link)
	}
	return h.nl.LinkSetDown(link)
}

// DeleteLink removes an interface, and the other end if it is a cable's.
func (h *Host) DeleteLink(iface string) {
	h.lab.tb.Helper()
	link, err := h.nl.LinkByName(iface)
	if err == nil {
		err = h.nl.LinkDel(link)
	}
	if err != nil {
		h.fatal("delete "+iface, err)
	}
}
