//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const (
	kubeLB     = "kube-lb0"
	routerAddr = "10.1.0.1"
	fileName   = "bgp.yaml"

	configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1, holdTime: 9, keepaliveInterval: 3}
`
)

// world is two nodes, of one version of FRR each, and the router that both peer with.
type world struct {
	*testing.T
	router *lab.Host
	heard  *listener.Listener
	nodes  []*node
}

// node is one of them.
type node struct {
	*machine.Node
	address netip.Addr
	view    listener.View // what the router hears of it
	before  usage         // what its agent took when all was well for the first time
}

func newWorld(t *testing.T) *world {
	l := lab.New(t)
	w := &world{T: t, router: l.Host("router")}
	lan := l.LAN(w.router.Port("eth0", routerAddr+"/24"))
	w.heard = w.router.Listen(listener.Config{ASN: 65001})
	for i, v := range lab.Versions {
		host := l.Host(fmt.Sprintf("node-%c", 'a'+i))
		address := netip.AddrFrom4([4]byte{10, 1, 0, byte(2 + i)})
		lan.Attach(host.Port("eth0", address.String()+"/24"))
		host.KubeLB(kubeLB)
		wait := machine.Wait{TB: t, Patience: *patience, Rest: time.Second}
		n := &node{Node: machine.New(wait, host, v, program, "--resync", "5s", "--frr-timeout", "15s"), address: address, view: w.heard.From(address)}
		n.Write(fileName, configuration)
		n.StartAgent()
		w.nodes = append(w.nodes, n)
	}
	return w
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
		addresses, err := netlink.AddrList(link, netlink.FAMILY_V4)
		for _, a := range addresses {
			ip, _ := netip.AddrFromSlice(a.IP.To4())
			bits, _ := a.Mask.Size()
			carried[netip.PrefixFrom(ip, bits).Masked()] = true
		}
		return err
	})
	return carried, err
}

// amiss says how what the router hears of a node differs from what it carries; "" if it does not.
func (n *node) amiss() string {
	carried, err := n.carries()
	if err != nil {
		return err.Error()
	}
	var differences []string
	announced := n.view.Announced()
	for p := range carried {
		if _, ok := announced[p]; !ok {
			differences = append(differences, "lacks "+p.String())
		}
	}
	for p := range announced {
		if !carried[p] {
			differences = append(differences, "has "+p.String()+" too much")
		}
	}
	slices.Sort(differences)
	return strings.Join(differences, ", ")
}

// well waits until all is as it should be: the router hears what the kernel carries, and stays so, the agent is ready,
// and its status says of every address that it is in BGP. It returns how long that took since a moment, less the second
// for which it stayed so.
func (n *node) well(since time.Time) time.Duration {
	n.Helper()
	n.Stays(n.Name+"'s addresses are announced", func() bool { return n.amiss() == "" }, func() any { return n.amiss() })
	announced := time.Since(since) - n.Rest
	n.Ready()
	var said string
	n.Until(n.Name+"'s status is true", func() bool { said = n.untrue(); return said == "" }, func() any { return said })
	return announced
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
		return "there is no import"
	case int(imported.TotalImported) != len(carried):
		return fmt.Sprintf("it has %d addresses, and the kernel %d", imported.TotalImported, len(carried))
	}
	for _, a := range imported.ImportedAddresses {
		p, err := netip.ParsePrefix(a.Address)
		if err != nil || !carried[p.Masked()] || !a.InRIB {
			return fmt.Sprintf("it says %+v", a)
		}
	}
	return ""
}

// try runs a command on a node, whatever comes of it: faults meet each other.
func (n *node) try(argv ...string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, _ = n.Exec(ctx, argv[0], argv[1:]...)
}
