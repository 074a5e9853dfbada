package supervise

import (
	"net"
	"net/netip"
	"slices"
	"testing"
)

func TestListeners(t *testing.T) {
	// As bgpd 8.4.4 and 10.3 print it.
	const table = "Name             fd Address\n---------------------------\ndefault          21 10.0.0.11\ndefault          22 fd00::11\n"
	want := []netip.Addr{netip.MustParseAddr("10.0.0.11"), netip.MustParseAddr("fd00::11")}
	if got := listeners(table); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if got := listeners("Name             fd Address\n---------------------------\n"); got != nil {
		t.Errorf("read %v of an empty table", got)
	}
}

// What listens is found, what has closed is not.
func TestListeningSockets(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		at := l.Addr().(*net.TCPAddr).AddrPort()
		for _, open := range []bool{true, false} {
			if !open {
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
			sockets, err := listeningSockets()
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(sockets, at) != open {
				t.Errorf("%s: open is %v, and there are %v", at, open, sockets)
			}
		}
	}
	for _, s := range []string{"", "0100007F", "0100007F:x", "0100:00B3", "zz:00B3"} {
		if got, err := parseSocket(s); err == nil {
			t.Errorf("%q is read as %s", s, got)
		}
	}
}
