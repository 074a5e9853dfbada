package status

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

var update = flag.Bool("update", false, "write the golden files")

// versions have captures of what they printed, in files named after the commands, in directories named after them.
var versions = []string{"8.4", "10.3"}

var now = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// dead is what a daemon without a process leaves.
type dead struct{}

func (dead) Error() string { return "bgpd is not running: connection refused" }
func (dead) NotRunning()   {}

func TestBuild(t *testing.T) {
	cases := map[string]func(*Observation){
		"mixed": func(*Observation) {},
		"healthy": func(o *Observation) {
			o.Config.Neighbors = o.Config.Neighbors[:4] // three that are up, one that is shut down
		},
		"no-neighbors": func(o *Observation) { o.Config.Neighbors = nil },
		"bgpd-dead": func(o *Observation) {
			before := Build(*o)
			o.Previous, o.Now = &before, o.Now.Add(time.Minute)
			o.Snapshot = nil
			o.FRR.Daemons["bgpd"] = dead{}
		},
		"bgpd-hangs": func(o *Observation) {
			o.Snapshot = nil
			o.FRR.Daemons["bgpd"] = errors.New("bgpd has not answered for 2s")
		},
		"not-understood": func(o *Observation) {
			o.Snapshot = nil
			_, o.FRR.Err = ParseSummary([]byte("% Unknown command: show bgp summary json\n"))
		},
		"no-sockets": func(o *Observation) {
			o.Snapshot, o.FRR = nil, FRR{Err: errors.New("cannot list FRR's sockets: open /run/frr: no such file or directory")}
		},
		"nothing-yet": func(o *Observation) {
			*o = Observation{Now: now, Node: "worker-1"}
		},
		"no-configuration": func(o *Observation) {
			o.Config, o.Links = nil, nil
			o.Applied = Applied{Outcome: OutcomeNoConfiguration}
		},
		"refused": func(o *Observation) {
			o.Applied = Applied{Generation: 7, Wanted: 8, Outcome: OutcomeRefused,
				Message: `spec.neighbors[0].config.neighborAddress: bgpd refused "neighbor 10.9.0.2 remote-as 65000": % Can not configure the local system as neighbor`}
		},
		"router-id-unresolved": func(o *Observation) {
			o.Config = nil
			o.Applied = Applied{Wanted: 1, Outcome: OutcomeRouterIDUnresolved,
				Message: "spec.global.routerID: ${node.annotations['rack']}: node worker-1 has no annotation rack"}
		},
		"router-id-held": func(o *Observation) {
			o.Config.PendingRouterID = render.RouterID{Address: netip.MustParseAddr("10.9.0.77"), Source: render.FromNodeIPv4}
		},
		"interface-missing": func(o *Observation) { o.Links = nil },
		"interface-down":    func(o *Observation) { o.Links[0].Up = false },
		"shutdown":          func(o *Observation) { o.Shutdown = true },
		"no-bgp": func(o *Observation) {
			o.Snapshot = &Snapshot{Instance: Instance{Summary: Summary{}}}
		},
	}
	for _, version := range versions {
		for name, change := range cases {
			t.Run(version+"/"+name, func(t *testing.T) {
				o := observation(t, version)
				change(&o)
				got, err := yaml.Marshal(Build(o))
				if err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", version, "golden", name+".yaml"), got)
			})
		}
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// observation is of the node of the captures in "mixed", with its neighbors and addresses.
func observation(t *testing.T, version string) Observation {
	t.Helper()
	neighbor := func(i int, id string, asn v1.ASN, description string) render.Neighbor {
		n := render.Neighbor{ID: id, Path: fmt.Sprintf("spec.neighbors[%d]", i), PeerASN: asn, Description: description}
		if addr, err := netip.ParseAddr(id); err == nil {
			n.Address = addr
		} else {
			n.Interface = id
		}
		return n
	}
	config := &render.Config{
		Node: "worker-1", Generation: 7, ASN: 65101,
		RouterID:         render.RouterID{Address: netip.MustParseAddr("10.9.0.2"), Source: render.FromNodeIPv4},
		HeartbeatSeconds: 30, StatusEnabled: true,
		Instance: render.Instance{Import: render.Import{
			Enabled: true, Patterns: []string{"kube-lb0", "dummy*"}, Interfaces: []string{"kube-lb0"},
			Mirrored: []render.Mirrored{
				{Prefix: netip.MustParsePrefix("10.200.0.0/24"), Interface: "kube-lb0"},
				{Prefix: netip.MustParsePrefix("10.201.0.7/32"), Interface: "kube-lb0"},
				{Prefix: netip.MustParsePrefix("fd00:200::7/128"), Interface: "kube-lb0"},
			},
		}},
	}
	for i, n := range []struct {
		id          string
		asn         v1.ASN
		description string
	}{
		{"10.9.0.1", 65000, "tor"}, {"fd00:9::1", 65000, ""}, {"eth1", 65000, "unnumbered"}, {"10.9.0.12", 65012, ""},
		{"eth2", 65000, ""}, {"10.9.0.14", 65099, ""}, {"10.9.0.15", 65015, ""}, {"10.9.0.16", 65016, ""},
		{"10.9.0.17", 65017, ""}, {"10.8.0.1", 65008, ""}, {"10.9.0.99", 65999, ""}, {"10.9.0.100", 65100, "not in FRR"},
	} {
		config.Neighbors = append(config.Neighbors, neighbor(i, n.id, n.asn, n.description))
	}
	config.Neighbors[3].AdminDown = true
	links := []render.Link{{Name: "kube-lb0", Up: true, Addresses: []render.Address{
		{Prefix: netip.MustParsePrefix("fd00:200::7/128")},
		{Prefix: netip.MustParsePrefix("fe80::1/64")},
		{Prefix: netip.MustParsePrefix("10.201.0.7/32")},
		{Prefix: netip.MustParsePrefix("10.200.0.5/24")},
		{Prefix: netip.MustParsePrefix("10.200.0.6/24")},
	}, Routes: []netip.Prefix{netip.MustParsePrefix("10.200.0.0/24")}}, {Name: "eth0", Up: true}}
	return Observation{
		Now: now, Node: "worker-1", Config: config, Links: links,
		Applied:  Applied{Generation: 7, Wanted: 7, Outcome: OutcomeApplied},
		FRR:      FRR{Daemons: map[string]error{"zebra": nil, "bgpd": nil, "staticd": nil, "bfdd": nil}},
		Snapshot: snapshot(t, version, "mixed"),
	}
}

var separators = regexp.MustCompile("[ /:]+")

func capture(t testing.TB, version, situation, command string) []byte {
	t.Helper()
	name := separators.ReplaceAllString(strings.TrimSuffix(command, " json"), "_")
	data, err := os.ReadFile(filepath.Join("testdata", version, situation, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// snapshot is what a directory of captures adds up to.
func snapshot(t *testing.T, version, situation string) *Snapshot {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &Snapshot{Instance: Instance{Prefixes: map[netip.Prefix]Prefix{}}, Kernel: &Kernel{}}
	var err error
	s.Summary, err = ParseSummary(capture(t, version, situation, SummaryCommand))
	must(err)
	s.Neighbors, err = ParseNeighbors(capture(t, version, situation, NeighborsCommand))
	must(err)
	if version != "8.4" { // which has no JSON of it
		hops, err := ParseNextHops(capture(t, version, situation, NextHopsCommand))
		must(err)
		s.Resolve(hops)
	}
	for _, text := range []string{"10.200.0.0/24", "10.201.0.7/32", "fd00:200::7/128", "20.0.0.0/24", "fd00:20::/48"} {
		p := netip.MustParsePrefix(text)
		s.Prefixes[p], err = ParsePrefix(p, capture(t, version, situation, PrefixCommand(p)))
		must(err)
	}
	for _, from := range [][2]string{{"ipv4Unicast", "10.9.0.1"}, {"ipv4Unicast", "eth1"}, {"ipv6Unicast", "eth1"}} {
		command, ok := NeighborRoutesCommand(from[0], from[1])
		if !ok {
			t.Fatal(from)
		}
		received, err := ParseReceived(from[1], capture(t, version, situation, command))
		must(err)
		s.Received = append(s.Received, received...)
	}
	return s
}
