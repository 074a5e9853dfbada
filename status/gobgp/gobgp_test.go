package gobgp

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// captured answers what a real bgpd answered, and refuses the rest.
func captured(version string) Ask {
	return func(command string) ([]byte, error) {
		name := strings.NewReplacer(" ", "_", "/", "-").Replace(strings.TrimSuffix(command, " json")) + ".json"
		answer, err := os.ReadFile(filepath.Join("testdata", version, name))
		if err != nil {
			return nil, errors.New("% Unknown command: " + command)
		}
		return answer, nil
	}
}

func answer(t *testing.T, ask Ask, line string) (out, remarks string, err error) {
	t.Helper()
	r, err := Parse(strings.Fields(line))
	if err != nil {
		t.Fatal(err)
	}
	var o, m strings.Builder
	err = Answer(r, ask, time.Unix(1795411100, 0), &o, &m)
	return o.String(), m.String(), err
}

func TestJSON(t *testing.T) {
	for line, want := range map[string]string{
		"-j global": `{"asn":65001,"router_id":"10.1.0.2"}`,
		"-j global rib 20.0.0.0/24": `{"20.0.0.0/24":[{"nlri":{"prefix":"20.0.0.0/24"},"age":1795411031,"best":true,"attrs":[{"type":1,"value":0},` +
			`{"as_paths":[{"asns":[65000],"num":1,"segment_type":2}],"type":2},{"nexthop":"10.1.0.1","type":3},` +
			`{"communities":[4259840007,4294967041],"type":8},{"type":32,"value":[{"ASN":65000,"LocalData1":1,"LocalData2":2}]}],` +
			`"stale":false,"neighbor-ip":"10.1.0.1"}]}`,
	} {
		out, _, err := answer(t, captured("8.4"), line)
		if diff := cmp.Diff(want+"\n", out); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
		}
	}
	out, _, err := answer(t, captured("10.3"), "-j neighbor")
	if err != nil || !strings.Contains(out, `{"neighbor_address":"10.1.0.6","peer_asn":4200000000,"local_asn":65001,"session_state":1,"admin_state":1}`) {
		t.Error(out, err)
	}
}

// A table that is too large is not asked for: bgpd would stand still.
func TestLargeTables(t *testing.T) {
	const summary = `{"default": {"ipv4Unicast": {"as": 65001, "ribCount": 2000000, "peers": {
		"10.1.0.1": {"state": "Established", "pfxRcd": 1000000, "pfxSnt": 999999}}}}}`
	ask := func(command string) ([]byte, error) {
		switch command {
		case "show bgp vrf all summary json":
			return []byte(summary), nil
		case "show bgp neighbors 10.1.0.1 json":
			return []byte(`{"10.1.0.1": {"remoteAs": 65000}}`), nil
		case "show bgp ipv4 unicast 20.0.0.0/24 json":
			return []byte(`{}`), nil
		}
		t.Error("bgpd is asked", command)
		return nil, errors.New("no")
	}
	for _, line := range []string{"global rib", "global rib 0.0.0.0/0 longer-prefixes", "neighbor 10.1.0.1 adj-in", "neighbor 10.1.0.1 adj-out",
		"neighbor 10.1.0.1 adj-in 20.0.0.0/24"} {
		out, _, err := answer(t, ask, line)
		if out != "" || err == nil || !strings.Contains(err.Error(), "gobgp global rib PREFIX") {
			t.Errorf("%s: %q, %v", line, out, err)
		}
	}
	if out, _, err := answer(t, ask, "global rib 20.0.0.0/24"); out != "Network not in table\n" || err != nil {
		t.Error(out, err)
	}
}

// What FRR counts is nodes before 10.7 and prefixes from then on: what lies between is counted exactly, and a size that FRR does not tell is
// that of a large table.
func TestSizesOfTables(t *testing.T) {
	for _, c := range []struct {
		count, statistics, line, out, err string
	}{
		{`30000`, `{"ipv4Unicast":[{"totalPrefixes":15000}]}`, "global rib summary", "Destination: 15000\n", ""},
		{`30000`, `{"ipv4Unicast":[{"totalPrefixes":30000}]}`, "global rib summary", "Destination: 30000\n", ""},
		{`30000`, `{"ipv4Unicast":[{"totalPrefixes":30000}]}`, "global rib", "", "the table has 30000 routes"},
		{`30000`, `{"ipv4Unicast":[{"totalPrefixes":15000}]}`, "global rib", "Network not in table\n", ""},
		{`2000000`, ``, "global rib summary", "Destination: between 1000000 and 2000000 (FRR before 10.7 also counts the forks between prefixes)\n", ""},
		{`"many"`, ``, "global rib summary", "Destination: unknown\n", ""},
		{`"many"`, ``, "global rib", "", "gobgp global rib PREFIX"},
	} {
		ask := func(command string) ([]byte, error) {
			switch command {
			case "show bgp vrf all summary json":
				return []byte(`{"default": {"ipv4Unicast": {"as": 65001, "ribCount": ` + c.count + `, "peers": {}}}}`), nil
			case "show bgp ipv4 unicast statistics json":
				return []byte(c.statistics), nil
			case "show bgp ipv4 unicast json":
				return []byte(`{"routes": {}}`), nil
			}
			return nil, errors.New("no")
		}
		out, _, err := answer(t, ask, c.line)
		if !strings.HasSuffix(out, c.out) || c.out == "" && out != "" || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s of %s, %s: %q, %v", c.line, c.count, c.statistics, out, err)
		}
	}
}

// What peers write reaches no terminal as anything but text.
func TestNoEscapes(t *testing.T) {
	const evil = `a\u001b]0;owned\u0007\u009b31mb\nx\u202ec`
	ask := func(command string) ([]byte, error) {
		switch {
		case strings.Contains(command, "summary"):
			return []byte(`{"default": {"ipv4Unicast": {"as": 1, "routerId": "` + evil + `", "ribCount": 3, "peers": {
				"10.1.0.1": {"state": "Established", "desc": "` + evil + `", "pfxRcd": 1, "pfxSnt": 1},
				"` + evil + `": {"state": "` + evil + `"}}}}}`), nil
		case strings.Contains(command, "neighbors 10.1.0.1 json"):
			return []byte(`{"10.1.0.1": {"remoteRouterId": "` + evil + `", "bgpState": "` + evil + `", "neighborCapabilities": {
				"hostName": {"rcvHostName": "` + evil + `", "rcvDomainName": "` + evil + `"},
				"softwareVersion": {"receivedSoftwareVersion": "` + evil + `"},
				"multiprotocolExtensions": {"` + evil + `": {"received": true}}},
				"addressFamilyInfo": {"` + evil + `": {"prefixAllowedMax": 3}}}}`), nil
		}
		path := `{"path": "` + evil + `", "nexthops": [{"ip": "` + evil + `", "used": true}], "community": {"string": "` + evil + `"}, "peer": {"peerId": "10.1.0.1"}}`
		return []byte(`{"prefix": "20.0.0.0/24", "paths": [` + path + `], "routes": {"20.0.0.0/24": [` + path + `]},
			"advertisedRoutes": {"20.0.0.0/24": ` + path + `}}`), nil
	}
	for _, line := range []string{"neighbor", "-q neighbor", "-j neighbor", "neighbor 10.1.0.1", "-j neighbor 10.1.0.1", "neighbor 10.1.0.1 adj-in",
		"neighbor 10.1.0.1 adj-out", "global", "-j global", "global rib", "-j global rib", "global rib 20.0.0.0/24"} {
		out, remarks, err := answer(t, ask, line)
		if err != nil {
			t.Error(line, err)
		}
		if !harmless(out) || !harmless(remarks) || !strings.Contains(out, "owned") && line != "-q neighbor" {
			t.Errorf("%s: %q", line, out)
		}
	}
	_, err := Parse([]string{"pol\x1b[31micy"})
	if err == nil || !harmless(err.Error()) {
		t.Error(err)
	}
}

func harmless(s string) bool {
	return Text(strings.NewReplacer("\n", "", "\t", "").Replace(s)) == strings.NewReplacer("\n", "", "\t", "").Replace(s)
}

// More routes than are looked up one by one are listed without what only that tells, and it is said.
func TestManyRoutes(t *testing.T) {
	const n = MaxLookups + 1
	asked := 0
	ask := func(command string) ([]byte, error) {
		asked++
		if strings.Contains(command, "summary") {
			return []byte(`{"default": {"ipv4Unicast": {"ribCount": 2002, "peers": {}}}}`), nil
		}
		var b strings.Builder
		b.WriteString(`{"routes": {`)
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(fmt.Sprintf(`"20.%d.%d.0/24": [{"bestpath": true, "path": "65000", "origin": "IGP", "nexthops": [{"ip": "10.1.0.1", "used": true}]}]`, i/256, i%256))
		}
		b.WriteString("}}")
		return []byte(b.String()), nil
	}
	out, remarks, err := answer(t, ask, "global rib")
	if err != nil || asked != 2 || strings.Count(out, "\n") != n+1 || !strings.Contains(remarks, "not looked up") ||
		!strings.Contains(out, "*> 20.3.232.0/24        10.1.0.1             65000                -          [{Origin: i}]\n") {
		t.Error(asked, remarks, err, out[:200])
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]Request{
		"neighbor": {What: Neighbors, Family: "ipv4"},
		"--target unix:///var/run/gobgp/gobgp.sock neighbor 10.1.0.1 adj-in": {What: AdjIn, Neighbor: "10.1.0.1", Family: "ipv4"},
		"nei fe80::1%eth0":                    {What: Neighbor, Neighbor: "fe80::1", Family: "ipv6"},
		"neighbor eth1 adj-out -a ipv6":       {What: AdjOut, Neighbor: "eth1", Family: "ipv6"},
		"-u ::1 -p 1 -d g r 20.0.0.9/8":       {What: RIB, Prefix: "20.0.0.0/8", Family: "ipv4"},
		"global rib fd00::/8 longer-prefixes": {What: RIB, Prefix: "fd00::/8", Longer: true, Family: "ipv6"},
		"global rib -j summary -a 6":          {What: Summary, JSON: true, Family: "ipv6"},
	} {
		got, err := Parse(strings.Fields(line))
		if got != want || err != nil {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"frob", "neighbor add 10.0.0.1", "neighbor 10.0.0.1 softresetin", "neighbor 10.0.0.1 adj", "global as 1", "global rib 10.0.0.1 longer-prefixes",
		"global rib del all", "global rib 10.0.0.0/8 -a ipv6", "neighbor a|b", "neighbor eth0|x", "neighbor -x", "monitor global rib", "--frob", "global rib fe80::1%eth0", "neighbor 10.0.0.1;ls"} {
		if got, err := Parse(strings.Fields(line)); err == nil || errors.Is(err, ErrHelp) {
			t.Errorf("%s: %+v", line, got)
		}
	}
	for _, line := range []string{"", "--help", "-h", "help", "neighbor -h"} {
		if _, err := Parse(strings.Fields(line)); !errors.Is(err, ErrHelp) {
			t.Errorf("%q: %v", line, err)
		}
	}
}
