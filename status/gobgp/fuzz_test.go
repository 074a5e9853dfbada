package gobgp

import (
	"strings"
	"testing"
	"time"
)

// FuzzParse: whatever is typed, what is asked of FRR is one command of letters that were allowed.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"neighbor", "neighbor 10.1.0.1 adj-in", "-a ipv6 global rib fd00::/8 longer-prefixes", "neighbor eth0 adj-out", "-j g r 1.2.3.4", "neighbor \x1b[m"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := Parse(strings.Split(line, " "))
		if err != nil {
			if !harmless(err.Error()) {
				t.Errorf("%q", err)
			}
			return
		}
		ask := func(command string) ([]byte, error) {
			const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.@:/"
			if !strings.HasPrefix(command, "show bgp ") || !strings.HasSuffix(command, " json") || strings.Trim(command, allowed) != "" {
				t.Errorf("asks %q", command)
			}
			if strings.Contains(command, "summary") {
				return []byte(`{"default": {"ipv4Unicast": {"peers": {"` + r.Neighbor + `": {"state": "Established"}}}}}`), nil
			}
			return []byte(`{"` + r.Neighbor + `": {}}`), nil
		}
		var out, remarks strings.Builder
		_ = Answer(r, ask, time.Unix(0, 0), &out, &remarks)
		if !harmless(out.String() + remarks.String()) {
			t.Errorf("%q", out.String())
		}
	})
}

// FuzzAnswer: whatever FRR answers, nothing but text comes out.
func FuzzAnswer(f *testing.F) {
	for _, version := range []string{"8.4", "10.3"} {
		for _, command := range []string{"show bgp vrf all summary json", "show bgp neighbors 10.1.0.1 json", "show bgp ipv4 unicast json",
			"show bgp ipv4 unicast neighbors 10.1.0.1 advertised-routes json", "show bgp ipv4 unicast 20.0.0.0/24 json"} {
			answer, err := captured(version)(command)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(answer)
		}
	}
	lines := [][]string{{"neighbor"}, {"-j", "neighbor"}, {"neighbor", "10.1.0.1"}, {"neighbor", "10.1.0.1", "adj-in"}, {"neighbor", "10.1.0.1", "adj-out"},
		{"global"}, {"global", "rib"}, {"-j", "global", "rib"}, {"global", "rib", "20.0.0.0/24"}, {"neighbor", "10.1.0.1", "adj-in", "20.0.0.1"}}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, line := range lines {
			r, err := Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			for _, known := range []bool{false, true} { // the summary too, or one that lets the rest be asked
				ask := func(command string) ([]byte, error) {
					if known && command != "show bgp vrf all summary json" {
						return data, nil
					}
					if known {
						return []byte(`{"default": {"ipv4Unicast": {"ribCount": 3, "peers": {"10.1.0.1": {"state": "Established", "pfxRcd": 1}}}}}`), nil
					}
					return data, nil
				}
				var out, remarks strings.Builder
				err := Answer(r, ask, time.Unix(0, 0), &out, &remarks)
				if !harmless(out.String() + remarks.String()) {
					t.Errorf("%v: %q", line, out.String())
				}
				if err != nil && !harmless(err.Error()) {
					t.Errorf("%v: %q", line, err)
				}
			}
		}
	})
}
