//go:build linux

package kernel

import (
	"testing"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// FuzzMessages: whatever netlink brings, nothing panics, and what is kept can
// be announced.
func FuzzMessages(f *testing.F) {
	four, six := []byte{10, 200, 0, 5}, []byte{0xfd, 0, 2, 0, 15: 7}
	address := nl.NewIfAddrmsg(unix.AF_INET)
	address.Index, address.Prefixlen = 2, 24
	route := &nl.RtMsg{RtMsg: unix.RtMsg{Family: unix.AF_INET6, Type: unix.RTN_UNICAST, Dst_len: 64, Table: unix.RT_TABLE_MAIN}}
	itself := nl.NewIfInfomsg(unix.AF_UNSPEC)
	itself.Index = 2
	attribute := func(kind int, value []byte) []byte { return nl.NewRtAttr(kind, value).Serialize() }
	for _, m := range [][]byte{
		nil, {2}, make([]byte, 64),
		append(address.Serialize(), attribute(unix.IFA_LOCAL, four)...),
		append(address.Serialize(), attribute(unix.IFA_FLAGS, four[:1])...),
		append(route.Serialize(), append(attribute(unix.RTA_DST, six), attribute(unix.RTA_OIF, nl.Uint32Attr(2))...)...),
		append(route.Serialize(), attribute(unix.RTA_TABLE, nil)...),
		append(itself.Serialize(), append(attribute(unix.IFLA_IFNAME, []byte("kube-lb0\x00")), attribute(unix.IFLA_MASTER, four[:2])...)...),
		append(itself.Serialize(), append(attribute(unix.IFLA_IFNAME, []byte("\x1b[31m")), attribute(unix.IFLA_LINKINFO, attribute(unix.IFLA_INFO_KIND, []byte("vrf")))...)...),
	} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, m []byte) {
		l, ok := decodeLink(m)
		if ok && l.name == "" {
			t.Errorf("a link without a name: %+v", l)
		}
		for _, of := range []link{l, {index: 2, name: "kube-lb0", table: unix.RT_TABLE_MAIN}} {
			if a, ok := decodeAddress(m); ok {
				var c held
				c.add(a)
				for _, a := range c.announced {
					if !a.Prefix.IsValid() {
						t.Errorf("an address that is none: %+v", a)
					}
				}
				for _, p := range c.withheld {
					if !p.IsValid() || p.Bits() == 0 {
						t.Errorf("a prefix that is none: %v", p)
					}
				}
			}
			for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
				if p, ok := decodeRoute(m, family, of); ok && (!p.IsValid() || p.Bits() == 0) {
					t.Errorf("a route to nowhere: %v", p)
				}
			}
		}
	})
}
