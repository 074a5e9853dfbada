//go:build linux

package kernel

import (
	"slices"
	"testing"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// announcement is a message of the given type, with body, as the kernel
// multicasts it.
func announcement(kind uint16, body []byte) []byte {
	m := make([]byte, unix.SizeofNlMsghdr, unix.SizeofNlMsghdr+len(body))
	nl.NativeEndian().PutUint32(m, uint32(cap(m)))
	nl.NativeEndian().PutUint16(m[4:], kind)
	return append(m, body...)
}

func TestFilterLetsThroughWhatIsImported(t *testing.T) {
	vm, err := bpf.NewVM(relevant())
	if err != nil {
		t.Fatal(err)
	}
	passes := func(m []byte) bool {
		n, err := vm.Run(m)
		if err != nil {
			t.Fatal(err)
		}
		return n > 0
	}

	for _, kind := range []uint16{unix.RTM_NEWROUTE, unix.RTM_DELROUTE} {
		for _, table := range []uint8{unix.RT_TABLE_UNSPEC, 100, unix.RT_TABLE_COMPAT, unix.RT_TABLE_DEFAULT, unix.RT_TABLE_MAIN, unix.RT_TABLE_LOCAL} {
			for routeType := range uint8(16) {
				for protocol := range 256 {
					msg := nl.RtMsg{RtMsg: unix.RtMsg{Family: unix.AF_INET, Table: table, Type: routeType, Protocol: uint8(protocol)}}
					if got, want := passes(announcement(kind, msg.Serialize())), imported(table, routeType, uint8(protocol)); got != want {
						t.Errorf("message type %d, table %d, route type %d, protocol %d: let through %v; want %v", kind, table, routeType, protocol, got, want)
					}
				}
			}
		}
	}
	for _, kind := range []uint16{unix.RTM_NEWLINK, unix.RTM_DELLINK, unix.RTM_NEWADDR, unix.RTM_DELADDR} {
		if !passes(announcement(kind, make([]byte, 8))) {
			t.Errorf("message type %d is dropped", kind)
		}
	}
}

func TestImported(t *testing.T) {
	for _, c := range []struct {
		name                  string
		table, kind, protocol uint8
		want                  bool
	}{
		{"the kernel's connected route", unix.RT_TABLE_MAIN, unix.RTN_UNICAST, unix.RTPROT_KERNEL, false},
		{"an administrator's", unix.RT_TABLE_MAIN, unix.RTN_UNICAST, unix.RTPROT_STATIC, true},
		{"keepalived's", unix.RT_TABLE_MAIN, unix.RTN_UNICAST, unix.RTPROT_KEEPALIVED, true},
		{"one of BGP", unix.RT_TABLE_MAIN, unix.RTN_UNICAST, unix.RTPROT_BGP, false},
		{"one of FRR's staticd", unix.RT_TABLE_MAIN, unix.RTN_UNICAST, 196, false},
		{"a local one", unix.RT_TABLE_LOCAL, unix.RTN_LOCAL, unix.RTPROT_KERNEL, false},
		{"a blackhole", unix.RT_TABLE_MAIN, unix.RTN_BLACKHOLE, unix.RTPROT_STATIC, false},
		{"one of another table, which may be that of a VRF", 100, unix.RTN_UNICAST, unix.RTPROT_STATIC, true},
	} {
		if got := imported(c.table, c.kind, c.protocol); got != c.want {
			t.Errorf("%s: imported %v; want %v", c.name, got, c.want)
		}
	}
	for p := uint8(186); p <= 198; p++ {
		if !slices.Contains(daemons, p) {
			t.Errorf("FRR's protocol %d is not among the routing daemons'", p)
		}
	}
}
