//go:build linux

package kernel

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/vishvananda/netlink/nl"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		name     string
		want     bool
	}{
		{[]string{"kube-lb0"}, "kube-lb0", true},
		{[]string{"kube-lb0"}, "kube-lb01", false},
		{[]string{"kube-lb"}, "kube-lb0", false},
		{[]string{"eth0", "kube-*"}, "kube-lb0", true},
		{[]string{"eth0", "kube-*"}, "eth1", false},
		{[]string{"*"}, "lo", true},
		{[]string{"eth[0-3]"}, "eth2", true},
		{[]string{"eth[0-3]"}, "eth4", false},
		{[]string{"eth[0-3]"}, "eth[0-3]", true}, // a name may look like a glob
		{[]string{`a\*`}, "a*", true},
		{[]string{"eth?"}, "eth", false},
		{nil, "eth0", false},
	} {
		if got := matches(c.patterns, c.name); got != c.want {
			t.Errorf("%q matches %q: %v; want %v", c.patterns, c.name, got, c.want)
		}
	}
}

func TestAnnounceable(t *testing.T) {
	for prefix, want := range map[string]bool{
		"10.200.0.5/24":        true,
		"10.9.9.9/32":          true,
		"fd00:8::1/128":        true,
		"2001:db8::/64":        true,
		"100.64.0.1/10":        true,
		"10.0.0.5/0":           true, // but for package render
		"0.0.0.0/0":            false,
		"::/0":                 false,
		"0.0.0.0/8":            false,
		"127.0.0.1/8":          false,
		"127.9.9.9/32":         false,
		"::1/128":              false,
		"169.254.20.10/32":     false,
		"fe80::1/64":           false,
		"febf::1/64":           false,
		"224.0.0.5/32":         false,
		"239.255.255.255/32":   false,
		"ff02::1/128":          false,
		"169.255.0.1/16":       true,
		"fec0::1/64":           true,
		"223.255.255.255/32":   true,
		"2001:db8:ffff::ff/48": true,
	} {
		p := netip.MustParsePrefix(prefix)
		if got := announceable(p.Addr(), p.Bits()); got != want {
			t.Errorf("%s: announceable %v; want %v", prefix, got, want)
		}
	}
	if announceable(netip.Addr{}, 24) {
		t.Error("an address that is absent is announceable")
	}
}

// A damaged message neither panics nor loops.
func TestAttributesOfDamagedMessages(t *testing.T) {
	whole := slices.Concat(
		nl.NewRtAttr(1, []byte{10, 0, 0, 1}).Serialize(),
		nl.NewRtAttr(2, []byte{7}).Serialize(), // padded to 8 bytes
		nl.NewRtAttr(3, []byte{1, 2, 3, 4}).Serialize())
	kinds := func(b []byte) (all []uint16) {
		for kind := range attributes(b) {
			all = append(all, kind)
		}
		return all
	}
	if got, want := kinds(whole), []uint16{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("attributes %v; want %v", got, want)
	}
	for n := range whole {
		if got := kinds(whole[:n]); !slices.Equal(got, []uint16{1, 2, 3}[:len(got)]) || len(got) == 3 {
			t.Errorf("of the first %d bytes: attributes %v", n, got)
		}
	}
	for _, length := range []uint16{0, 1, 3, 17, 65535} {
		damaged := slices.Clone(whole)
		nl.NativeEndian().PutUint16(damaged[8:], length)
		if got, want := kinds(damaged), []uint16{1}; !slices.Equal(got, want) {
			t.Errorf("with a second length of %d: attributes %v; want %v", length, got, want)
		}
	}
}
