//go:build linux

package vtysh_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
)

// operators are lines that no field of a configuration makes: of daemons' own, of several daemons, in contexts that
// several daemons have, and on mgmtd's side of 10.x and beside it.
const operators = `hostname node-1
log syslog informational
ip nht resolve-via-default
debug bgp updates in
debug zebra events
ip route 10.77.0.0/16 Null0 tag 5
ipv6 route fd00:77::/32 eth1 200
ip prefix-list MINE seq 5 permit 10.0.0.0/8 le 24
ip prefix-list MINE description of an operator
ipv6 prefix-list MINE6 seq 5 permit any
access-list ACL seq 5 permit 10.0.0.0/8
ipv6 access-list ACL6 seq 5 permit any
bgp as-path access-list PATHS seq 5 permit ^65001_
bgp community-list standard COMM seq 5 permit 65000:1
bgp large-community-list standard LARGE seq 5 permit 65000:1:1
interface eth0
 description to the router
 ip address 10.66.0.1/24
 ipv6 nd ra-interval 30
exit
vrf blue
 ip route 10.78.0.0/16 Null0
exit-vrf
route-map MINE permit 10
 description as they come
 match as-path PATHS
 match ip address prefix-list MINE
 match tag 5
 on-match next
 set src 10.66.0.1
 set community 65000:1 additive
 set metric +5
exit
route-map MINE deny 20
 match source-protocol static
exit
ip protocol bgp route-map MINE
ipv6 protocol static route-map MINE
router bgp 65000
 neighbor 10.66.0.2 remote-as 65001
 neighbor 10.66.0.2 bfd
 neighbor 10.66.0.2 password no-secret-here
 neighbor fd00::2 remote-as external
 address-family ipv4 unicast
  network 10.77.0.0/16
  neighbor 10.66.0.2 route-map MINE out
 exit-address-family
 address-family l2vpn evpn
  neighbor 10.66.0.2 activate
  advertise-all-vni
 exit-address-family
exit
router bgp 65000 vrf blue
 address-family ipv4 unicast
  redistribute static
 exit-address-family
exit
bfd
 profile MINE
  transmit-interval 500
 exit
exit
`

// TestRunningIsWhatVtyshShows compares the two ways to read the running configuration, for everything that is rendered
// and for operators' lines.
func TestRunningIsWhatVtyshShows(t *testing.T) {
	for _, version := range lab.Versions {
		texts := map[string]string{"operators": operators, "nothing": ""}
		for _, name := range []string{"page", "policies", "families-all", "vrfs", "bfd", "session-options", "export-everything"} {
			texts[name] = rendered(t, "../../render/testdata/"+name+".txtar", version)
		}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			t.Run(version.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				host := lab.New(t).Host("node")
				for _, link := range []string{"eth0", "eth1", "eth2", "kube-lb0"} {
					if _, err := host.Exec(t.Context(), "ip", "link", "add", link, "up", "type", "ifb"); err != nil {
						t.Fatal(err)
					}
				}
				f := host.FRR(version, lab.Daemons("bfdd"), lab.Config(texts[name]))
				f.Start()
				c := client(t, f)
				own, err := c.Running(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				theirs, err := f.Vtysh(t.Context(), "show running-config")
				if err != nil {
					t.Fatal(err)
				}
				if d := diff.Diff("vtysh", said(theirs), "the daemons", said(own)); d != nil {
					t.Errorf("%s", d)
				}
			})
		}
	}
}

// rendered is the frr.conf in a test case of package render.
func rendered(t *testing.T, file string, version lab.Version) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"frr.conf"}
	if version.Name == lab.FRR84.Name {
		names = []string{"frr-8.4.conf", "frr.conf"}
	}
	for _, name := range names {
		if k := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name }); k >= 0 {
			return string(archive.Files[k].Data)
		}
	}
	t.Fatalf("%s has no frr.conf", filepath.Base(file))
	return ""
}

// said is what a configuration says, sorted: each line once, after the contexts that it is in. What vtysh says of itself
// is left out.
func said(config string) []byte {
	var at []string
	lines := map[string]bool{}
	for line := range strings.Lines(config) {
		text := strings.TrimSpace(line)
		switch depth := len(line) - len(strings.TrimLeft(line, " ")); {
		case text == "" || text[0] == '!' || text == "end" || strings.HasPrefix(text, "exit"):
		case text == "Building configuration..." || text == "Current configuration:" || text == "service integrated-vtysh-config":
		default:
			at = append(at[:min(depth, len(at))], text)
			lines[strings.Join(at, " / ")] = true
		}
	}
	return []byte(strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n")
}
