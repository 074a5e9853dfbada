package random

import (
	"fmt"
	"net/netip"

	"github.com/k8frr/k8frr/render"
)

// Interfaces are those that a node's configuration can name, besides the VRF
// devices.
var Interfaces = append([]string{"eth0", "eth2", "swp1s0"}, interfaceNames...)

// links are interfaces, with what the kernel has on them.
func links(c choice) []render.Link {
	var list []render.Link
	for i, name := range some(c, interfaceNames...) {
		list = append(list, link(c, render.Link{Name: name, Up: true}, i))
	}
	for i, name := range []string{"blue", "vrf-blue", "red", "vrf-red"} {
		if !c.oneIn(2) {
			continue
		}
		vrf := render.Link{Name: name, VRF: name, Table: uint32(100 * (i + 1)), Up: true}
		list = append(list, vrf)
		if inside := interfaceNames[c.IntN(len(interfaceNames))]; absent(list, inside) {
			vrf.Name = inside
			list = append(list, link(c, vrf, 3+i))
		}
	}
	return list
}

func absent(list []render.Link, name string) bool {
	for _, l := range list {
		if l.Name == name {
			return false
		}
	}
	return true
}

// link puts addresses and routes on an interface, the i-th.
func link(c choice, l render.Link, i int) render.Link {
	address := func(format string, args ...any) {
		l.Addresses = append(l.Addresses, render.Address{Prefix: netip.MustParsePrefix(fmt.Sprintf(format, args...)), NoPrefixRoute: c.oneIn(3)})
	}
	for range c.IntN(8) {
		switch n := c.IntN(6); c.IntN(5) {
		case 0, 1:
			address("10.200.0.%d/32", n)
		case 2:
			address("10.20%d.%d.7/24", i, n)
		case 3:
			address("fd00:7::%d/128", n)
		case 4:
			address("fd00:7:%d:%d::1/64", i, n)
		}
	}
	for range c.IntN(3) {
		l.Routes = append(l.Routes, netip.MustParsePrefix(fmt.Sprintf("10.210.%d.0/24", c.IntN(4))))
	}
	return l
}
