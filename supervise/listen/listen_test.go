//go:build linux

package listen

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func addresses(list ...string) []netip.Addr {
	var all []netip.Addr
	for _, s := range list {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

func TestUsable(t *testing.T) {
	taken := func(list ...string) func(netip.AddrPort) error {
		return func(s netip.AddrPort) error {
			if slices.Contains(list, s.String()) {
				return unix.EADDRINUSE
			}
			return nil
		}
	}
	for _, tc := range []struct {
		wanted   Options
		taken    []string
		usable   string
		problems int
	}{
		{Options{Port: 179}, nil, "-p 179", 0},
		{Options{Port: 179}, []string{"0.0.0.0:179"}, "-p 179", 1},
		{Options{Port: 1790}, []string{"0.0.0.0:1790", "[::]:1790"}, "-p 0", 2},
		{Options{Port: 179, Addresses: addresses("10.0.0.1", "10.0.0.2")}, []string{"10.0.0.1:179"}, "-l 10.0.0.2", 1},
		{Options{Port: 179, Addresses: addresses("10.0.0.1")}, []string{"10.0.0.1:179"}, "-p 0", 1},
		{Options{Port: 0, Addresses: addresses("10.0.0.1")}, []string{"10.0.0.1:0"}, "-p 0", 0},
	} {
		usable, problems := tc.wanted.Usable(taken(tc.taken...))
		if usable.String() != tc.usable || len(problems) != tc.problems {
			t.Errorf("%v with %v taken: %v, %v", tc.wanted, tc.taken, usable, problems)
		}
	}
}

// What another program has, or this node has not, is told from what is free.
func TestBinder(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().(*net.TCPAddr).AddrPort()
	bind := Binder(uint32(os.Getuid()))
	for _, tc := range []struct {
		socket netip.AddrPort
		want   error
	}{
		{at, unix.EADDRINUSE},
		{netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()), unix.EADDRINUSE},
		{netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), at.Port()), nil},
		{netip.MustParseAddrPort("192.0.2.99:0"), unix.EADDRNOTAVAIL},
		{netip.MustParseAddrPort("[fe80::1]:0"), unix.EINVAL},
	} {
		if err := bind(tc.socket); !errors.Is(err, tc.want) {
			t.Errorf("%v: %v, not %v", tc.socket, err, tc.want)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := bind(at); err != nil {
		t.Errorf("a port that was freed: %v", err)
	}
}

// What listens is found, what has closed is not.
func TestListening(t *testing.T) {
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
			sockets, err := Listening()
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

func TestOverlap(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"0.0.0.0:179", "10.0.0.1:179", true}, {"10.0.0.1:179", "10.0.0.2:179", false}, {"[::]:179", "0.0.0.0:179", false},
		{"[::]:179", "[fd00::1]:179", true}, {"10.0.0.1:179", "10.0.0.1:1790", false},
	} {
		if got := overlap(netip.MustParseAddrPort(tc.a), netip.MustParseAddrPort(tc.b)); got != tc.want {
			t.Errorf("%s and %s: %v", tc.a, tc.b, got)
		}
	}
}

func TestArgs(t *testing.T) {
	o := Options{Port: 1790, Addresses: addresses("10.0.0.1", "fd00::1")}
	if got := strings.Join(o.Args(), " "); got != "-p 1790 -l 10.0.0.1 -l fd00::1" {
		t.Errorf("options %q", got)
	}
}
