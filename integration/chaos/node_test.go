//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// node is one of the machines.
type node struct {
	*machine.Node
	id                byte
	address, address6 netip.Addr
	port              string        // its end at the switch
	service           netip.Prefix  // an address that stays, which the client asks
	view, view6       listener.View // what the router hears of it
	mark              int           // up to where that is in the ledger
	ear               *ear
	ledger            *ledger
	before            usage // what its agent took when all was well for the first time
}

// present makes kube-lb0, with the address that stays.
func (n *node) present() {
	n.Helper()
	n.KubeLB(kubeLB)
	n.AddAddress(kubeLB, n.service.String())
}

// carries is what kube-lb0 of a node carries now: what should be announced. Of an interface that is away, or down, that
// is nothing.
func (n *node) carries() (map[netip.Prefix]bool, error) {
	carried := map[netip.Prefix]bool{}
	err := n.Do(func() error {
		link, err := netlink.LinkByName(kubeLB)
		if errors.As(err, &netlink.LinkNotFoundError{}) {
			return nil
		}
		if err != nil || link.Attrs().RawFlags&unix.IFF_UP == 0 {
			return err
		}
		addresses, err := netlink.AddrList(link, netlink.FAMILY_ALL)
		for _, a := range addresses {
			ip, _ := netip.AddrFromSlice(a.IP)
			bits, _ := a.Mask.Size()
			if ip = ip.Unmap(); !ip.IsLinkLocalUnicast() {
				carried[netip.PrefixFrom(ip, bits).Masked()] = true
			}
		}
		return err
	})
	return carried, err
}

// announced is what the router hears now.
func (n *node) announced() map[netip.Prefix]bool {
	announced := map[netip.Prefix]bool{}
	for _, v := range []listener.View{n.view, n.view6} {
		for p := range v.Announced() {
			announced[p] = true
		}
	}
	return announced
}

// wrong says how what the router hears of a node differs from what it carries; "" if it does not.
func (n *node) amiss() string {
	carried, err := n.carries()
	if err != nil {
		return err.Error()
	}
	return differ(carried, n.announced())
}

// notForwarded says what the leaf does not send to a node, or should not.
func (n *node) notForwarded(f *leaf) string {
	carried, err := n.carries()
	if err != nil {
		return err.Error()
	}
	maps.DeleteFunc(carried, func(p netip.Prefix, _ bool) bool { return p.Addr().Is6() })
	routes, err := f.routes(n.address)
	if err != nil {
		return err.Error()
	}
	if d := differ(carried, routes); d != "" {
		return "the leaf " + d
	}
	return ""
}

// differ says how what is there differs from what should be; "" if it does not.
func differ(should, is map[netip.Prefix]bool) string {
	var differences []string
	for p := range should {
		if !is[p] {
			differences = append(differences, "lacks "+p.String())
		}
	}
	for p := range is {
		if !should[p] {
			differences = append(differences, "has "+p.String()+" too much")
		}
	}
	slices.Sort(differences)
	const most = 10
	if more := len(differences) - most; more > 0 {
		differences = append(differences[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(differences, ", ")
}

// gaps takes what happened since the last time into the ledger, and returns the gaps that were closed.
func (n *node) gaps() []gap {
	n.Helper()
	moments, err := n.ear.since()
	if err != nil {
		n.Fatal(err)
	}
	mark := n.view.Mark()
	for _, v := range []listener.View{n.view, n.view6} {
		for _, e := range v.Since(n.mark) {
			switch e.Kind {
			case listener.Announced:
				moments = append(moments, moment{e.At, heard, e.Prefix})
			case listener.Withdrawn:
				moments = append(moments, moment{e.At, withdrawn, e.Prefix})
			case listener.Down:
				moments = append(moments, moment{e.At, ended, netip.PrefixFrom(e.Peer, e.Peer.BitLen())})
			}
		}
	}
	n.mark = mark
	return n.ledger.take(moments)
}

// notReady is what the agent says if it is not ready.
func (n *node) notReady() string {
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	switch status, body, err := n.Get(ctx, "http://127.0.0.1:7474/readyz"); {
	case err != nil:
		return err.Error()
	case status != 200:
		return body
	}
	return ""
}

// untrue says what the status has wrong; "" if nothing.
func (n *node) untrue() string {
	carried, err := n.carries()
	if err != nil {
		return err.Error()
	}
	report, err := n.Report()
	if err != nil {
		return err.Error()
	}
	imported := report.Status.NetlinkImport
	switch {
	case imported == nil:
		return "the status has no import"
	case int(imported.TotalImported) != len(carried):
		return fmt.Sprintf("the status has %d addresses, and the kernel %d", imported.TotalImported, len(carried))
	}
	for _, a := range imported.ImportedAddresses {
		p, err := netip.ParsePrefix(a.Address)
		if err != nil || !carried[p.Masked()] || !a.InRIB {
			return fmt.Sprintf("the status says %+v", a)
		}
	}
	for _, session := range report.Status.Neighbors {
		if session.State != "Established" {
			return fmt.Sprintf("the status says that the session with %s is %s", session.Address, session.State)
		}
	}
	if !report.Status.Healthy {
		return "the status says that the node is not healthy"
	}
	return ""
}

// try runs a command on a node, whatever comes of it: faults meet each other.
func (n *node) try(argv ...string) {
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	_, _ = n.Exec(ctx, argv[0], argv[1:]...)
}
