//go:build linux

package chaos

import (
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// ear hears what a node's kernel says of addresses and interfaces, and notes when kube-lb0 began and ceased to carry a prefix.
type ear struct {
	socket *nl.NetlinkSocket

	mu      sync.Mutex
	links   map[int]*device
	moments []moment
	err     error
}

// device is an interface, and its addresses.
type device struct {
	carries   bool // it is kube-lb0, and up
	addresses map[netip.Prefix]bool
	prefixes  map[netip.Prefix]int // how many addresses have each
}

// listen opens the ear of a node that has no kube-lb0 yet.
func (n *node) listen() {
	n.Helper()
	e := &ear{links: map[int]*device{}}
	if err := n.Do(func() (err error) {
		e.socket, err = nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR)
		return err
	}); err != nil {
		n.Fatal(err)
	}
	if err := unix.SetsockoptInt(e.socket.GetFd(), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 256<<20); err != nil {
		n.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e.hear() {
		}
	}()
	n.TB.Cleanup(func() { e.socket.Close(); <-done })
	n.ear = e
}

// hear takes in one message; false at the end.
func (e *ear) hear() bool {
	messages, _, err := e.socket.Receive()
	at := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.err = errors.Join(errors.New("the kernel's announcements cannot be heard any more"), err)
		return false
	}
	for _, m := range messages {
		switch m.Header.Type {
		case unix.RTM_NEWLINK, unix.RTM_DELLINK:
			e.link(at, m.Header.Type == unix.RTM_NEWLINK, m.Data)
		case unix.RTM_NEWADDR, unix.RTM_DELADDR:
			e.address(at, m.Header.Type == unix.RTM_NEWADDR, m.Data)
		}
	}
	return true
}

func (e *ear) link(at time.Time, is bool, body []byte) {
	index := int(nl.DeserializeIfInfomsg(body).Index)
	d := e.device(index)
	link, err := netlink.LinkDeserialize(nil, body)
	carries := is && err == nil && link.Attrs().Name == kubeLB && link.Attrs().RawFlags&unix.IFF_UP != 0
	if carries != d.carries {
		d.carries = carries
		for p := range d.prefixes {
			e.note(at, carries, p)
		}
	}
	if !is {
		delete(e.links, index)
	}
}

func (e *ear) address(at time.Time, is bool, body []byte) {
	msg := nl.DeserializeIfAddrmsg(body)
	attributes, err := nl.ParseRouteAttr(body[msg.Len():])
	if err != nil {
		return
	}
	var address netip.Addr
	for _, a := range attributes {
		if a.Attr.Type == unix.IFA_LOCAL || a.Attr.Type == unix.IFA_ADDRESS && !address.IsValid() {
			address, _ = netip.AddrFromSlice(a.Value)
		}
	}
	d := e.device(int(msg.Index))
	own := netip.PrefixFrom(address, int(msg.Prefixlen))
	if !address.IsValid() || address.IsLinkLocalUnicast() || d.addresses[own] == is {
		return
	}
	p := own.Masked()
	if is {
		d.addresses[own] = true
		d.prefixes[p]++
		if d.carries && d.prefixes[p] == 1 {
			e.note(at, true, p)
		}
		return
	}
	delete(d.addresses, own)
	if d.prefixes[p]--; d.prefixes[p] == 0 {
		delete(d.prefixes, p)
		if d.carries {
			e.note(at, false, p)
		}
	}
}

func (e *ear) device(index int) *device {
	if e.links[index] == nil {
		e.links[index] = &device{addresses: map[netip.Prefix]bool{}, prefixes: map[netip.Prefix]int{}}
	}
	return e.links[index]
}

func (e *ear) note(at time.Time, is bool, p netip.Prefix) {
	k := dropped
	if is {
		k = carried
	}
	e.moments = append(e.moments, moment{at, k, p})
}

// since takes what was heard since the last time.
func (e *ear) since() ([]moment, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	moments := e.moments
	e.moments = nil
	return moments, e.err
}
