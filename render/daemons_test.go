package render

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestBGPDOptions(t *testing.T) {
	some := listenAddresses([]string{"fd00::11", "10.0.0.11", "fd00::11"})
	for _, tc := range []struct {
		port      int32
		addresses []netip.Addr
		options   string
		listens   string
	}{
		{0, nil, "", "0.0.0.0:179 [::]:179"},
		{179, nil, "", "0.0.0.0:179 [::]:179"},
		{-1, nil, "-p 0", ""},
		{-1, some, "-p 0 -l 10.0.0.11 -l fd00::11", ""},
		{1790, nil, "-p 1790", "0.0.0.0:1790 [::]:1790"},
		{1790, some, "-p 1790 -l 10.0.0.11 -l fd00::11", "10.0.0.11:1790 [fd00::11]:1790"},
		{0, some, "-l 10.0.0.11 -l fd00::11", "10.0.0.11:179 [fd00::11]:179"},
	} {
		c := &Config{ListenPort: tc.port, ListenAddresses: tc.addresses}
		if got := c.BGPDOptions(); got != tc.options {
			t.Errorf("port %d, addresses %v: options %q, want %q", tc.port, tc.addresses, got, tc.options)
		}
		var listens []string
		for _, l := range c.Listens() {
			listens = append(listens, l.String())
		}
		if got := strings.Join(listens, " "); got != tc.listens {
			t.Errorf("port %d, addresses %v: listens on %q, want %q", tc.port, tc.addresses, got, tc.listens)
		}
	}
}

func TestDaemons(t *testing.T) {
	text := Daemons(&Config{Node: "worker-1", ListenPort: 1790})
	for _, line := range []string{"bgpd=yes", "bfdd=no", `bgpd_options="-A 127.0.0.1 -p 1790"`, "vtysh_enable=yes"} {
		if !slices.Contains(strings.Split(text, "\n"), line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	if text := Daemons(&Config{UsesBFD: true}); !strings.Contains(text, "\nbfdd=yes\n") {
		t.Errorf("BFD is asked for, and no bfdd is started:\n%s", text)
	}
}
