package status

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

func TestNoBGP(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			summary, err := ParseSummary(capture(t, version, "nobgp", SummaryCommand))
			if err != nil || len(summary) != 0 {
				t.Errorf("summary %v, error %v", summary, err)
			}
			neighbors, err := ParseNeighbors(capture(t, version, "nobgp", NeighborsCommand))
			if err != nil || len(neighbors) != 0 {
				t.Errorf("neighbors %v, error %v", neighbors, err)
			}
			p := netip.MustParsePrefix("10.200.0.0/24")
			prefix, err := ParsePrefix(p, capture(t, version, "nobgp", PrefixCommand(p)))
			if err != nil || len(prefix.Paths) != 0 {
				t.Errorf("prefix %v, error %v", prefix, err)
			}
		})
	}
}

func TestPrefixNotInBGP(t *testing.T) {
	p := netip.MustParsePrefix("1.2.3.0/24")
	for _, version := range versions {
		prefix, err := ParsePrefix(p, capture(t, version, "mixed", PrefixCommand(p)))
		if err != nil || len(prefix.Paths) != 0 {
			t.Errorf("%s: %v, error %v", version, prefix, err)
		}
	}
}

func TestNoSuchNeighbor(t *testing.T) {
	neighbors, err := ParseNeighbors(capture(t, "8.4", "nobgp", "show bgp neighbors 10.9.0.250 json"))
	if err != nil || len(neighbors) != 0 {
		t.Errorf("neighbors %v, error %v", neighbors, err)
	}
}

// A route that a peer sent is not one that this node announces, even for the same prefix.
func TestReceivedIsNotSourced(t *testing.T) {
	p := netip.MustParsePrefix("20.0.0.0/24")
	for _, version := range versions {
		prefix, err := ParsePrefix(p, capture(t, version, "mixed", PrefixCommand(p)))
		if err != nil || len(prefix.Paths) != 1 {
			t.Fatalf("%s: %v, error %v", version, prefix, err)
		}
		if _, ok := prefix.Sourced(); ok {
			t.Errorf("%s: %v passes as sourced", version, prefix)
		}
	}
}

func TestWhatIsNotUnderstood(t *testing.T) {
	summary := string(capture(t, "10.3", "mixed", SummaryCommand))
	for name, answer := range map[string]string{
		"nothing":       "",
		"no JSON":       "% Unknown command: show bgp summary json\n",
		"truncated":     summary[:len(summary)/2],
		"two documents": summary + summary,
		"list":          "[]",
		"a warning":     `{"warning":"View/Vrf is unknown"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if answer == summary {
				t.Fatal("the answer is not changed")
			}
			_, err := ParseSummary([]byte(answer))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), SummaryCommand) {
				t.Errorf("the error does not name the command: %v", err)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

// FuzzAnswers: whatever bgpd prints, nothing panics, what passes makes a status that can be written, read and shown on a
// terminal, and no metric has a word of it.
func FuzzAnswers(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		answer, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(answer) < 8<<10 { // minimizing longer ones takes the time for trying others
			f.Add(answer, answer)
		}
	}
	for _, odd := range []string{"null", "[]", `""`, "{}", `{"ipv4Unicast":null}`, `{"10.9.0.1":null}`, `{"ipv4Unicast":{"peers":{"10.9.0.1":null}}}`,
		`{"ipv4Unicast":{"tableVersion":1e400,"peers":{"10.9.0.1":{"state":"Established","pfxRcd":-9223372036854775808,"peerUptimeEstablishedEpoch":9223372036854775807}}}}`,
		`{"10.9.0.1":{"lastResetDueTo":"BGP Notification received","lastErrorCodeSubcode":"0602","lastShutdownDescription":"\u001b[31m\u202e\ud800"}}`,
		`{"10.9.0.1":{"bgpNeighborAddr":"fe80::1%\u001b[31m"},"eth1":{"bgpNeighborAddr":"::ffff:1.2.3.4"}}`,
		`{"routes":{"10.0.0.0/8":[null,{"nexthops":[null]}]}}`, `{"paths":[null,{"community":{"string":"\n\u009b"},"nexthops":[{"ip":"\u2066"}]}],"advertisedTo":{"\u001b":7}}`,
		`{"ipv4Unicast":[{"totalPrefixes":-1}]}`, strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000)} {
		f.Add([]byte(odd), []byte(odd))
	}
	cause := regexp.MustCompile(`^[a-z_]*$`)
	p := netip.MustParsePrefix("10.200.0.0/24")
	f.Fuzz(func(t *testing.T, table, single []byte) {
		var s Snapshot
		s.Summary, _ = ParseSummary(table)
		s.Neighbors, _ = ParseNeighbors(single)
		prefix, _ := ParsePrefix(p, single)
		s.Prefixes = map[netip.Prefix]Prefix{p: prefix}
		s.Received, _ = ParseReceived("10.9.0.1", table)
		s.Total, _ = ParseStatistics(single)
		prefix.Preferred, _ = ParseRoute(p, single)
		for _, err := range []error{second(ParseSummary(table)), second(ParseNeighbors(single)), second(ParsePrefix(p, single)), second(ParseReceived("eth1", table))} {
			if err != nil && len(err.Error()) > longestMessage {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		}
		config := &render.Config{Instance: render.Instance{
			Ranges:    []render.Range{{Prefix: netip.MustParsePrefix("0.0.0.0/0")}},
			Export:    render.Export{Enabled: true},
			Neighbors: []render.Neighbor{{ID: "10.9.0.1", Address: netip.MustParseAddr("10.9.0.1")}, {ID: "eth1", Interface: "eth1"}},
			Import:    render.Import{Enabled: true, Mirrored: []render.Mirrored{{Prefix: p, Interface: "kube-lb0"}}},
		}}
		o := Observation{Now: now, Node: "n", Config: config, Snapshot: &s}
		first := Build(o)
		text, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		allShow(t, first)
		for _, m := range Measure(o, first).Sessions {
			if fsm(m.State) != m.State || !cause.MatchString(string(m.Reason.Cause)) || !cause.MatchString(m.Reason.Direction) {
				t.Errorf("labels of a peer's choosing: %+v", m)
			}
		}
		back := first
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		o.Previous = &back
		if next := Build(o); !Equal(&first, &next) {
			t.Fatalf("the status changed by itself:\n%+v\n%+v", first, next)
		}
	})
}
