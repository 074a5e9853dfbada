//go:build linux

package policy

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/policy"
)

// frr is a router that is FRR, with compiled policies.
type frr struct {
	*lab.FRR
	dialect policy.Dialect
	undo    []string // of the last policy
	own     []netip.Prefix
}

func dialect(v lab.Version) policy.Dialect {
	return policy.Dialect{DeletesExtCommunities: v.Name == lab.FRR103.Name}
}

func startFRR(v lab.Version) func(*lab.Host) router {
	return func(h *lab.Host) router {
		var b strings.Builder
		b.WriteString("bgp route-map delay-timer 1\nroute-map OWN permit 10\n set metric 0\n set origin igp\n set tag 7473\nexit\n")
		fmt.Fprintf(&b, "router bgp %d\n bgp router-id %s\n no bgp ebgp-requires-policy\n no bgp network import-check\n no bgp default ipv4-unicast\n", ownASN, onLAN[0])
		for _, n := range neighbors {
			for _, a := range n.own {
				fmt.Fprintf(&b, " neighbor %s remote-as %d\n neighbor %s passive\n", a, n.asn, a)
			}
		}
		for _, f := range []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast} {
			fmt.Fprintf(&b, " address-family %s\n", words(f))
			for _, n := range neighbors {
				fmt.Fprintf(&b, "  neighbor %s activate\n", n.address(f))
				if n.asn == ownASN {
					fmt.Fprintf(&b, "  neighbor %s route-reflector-client\n", n.address(f))
				}
			}
			b.WriteString(" exit-address-family\n")
		}
		f := &frr{FRR: h.FRR(v, lab.Config(b.String()+"exit\n")), dialect: dialect(v)}
		f.Start()
		return f
	}
}

func words(f v1.Family) string { return strings.Replace(string(f), "-", " ", 1) }

// compile makes the trial's route map for a version.
func (t trial) compile(d policy.Dialect) (policy.Map, error) {
	policies, problems := policy.Read(t.spec.DefinedSets, t.spec.PolicyDefinitions)
	if len(problems) > 0 {
		return policy.Map{}, problems[0]
	}
	subject := t.subject()
	m, problems := policies.Compile(&t.chain, policy.Subject{
		Direction: t.direction, Family: t.family, Peer: subject.address(t.family), External: subject.asn != ownASN,
		LocalASN: ownASN, Tag: ownTag, Learned: policy.Learned{External: true}, Dialect: d,
	}, nil)
	if len(problems) > 0 {
		return policy.Map{}, problems[0]
	}
	return m, nil
}

func (f *frr) apply(ctx context.Context, t trial, marker netip.Prefix) error {
	m, err := t.compile(f.dialect)
	if err != nil {
		return err
	}
	ip := "ip"
	if t.family == v1.IPv6Unicast {
		ip = "ipv6"
	}
	lists, entries := routeMap(m)
	attach := func(no string) string {
		return fmt.Sprintf("router bgp %d\naddress-family %s\n%sneighbor %s route-map %s %s\nexit-address-family\nexit\n",
			ownASN, words(t.family), no, t.subject().address(t.family), m.Name, t.direction)
	}
	script := strings.Join(f.undo, "") + lists + entries +
		fmt.Sprintf("%s prefix-list MARKER seq 1 permit %s\nroute-map %s permit 1\nmatch %s address prefix-list MARKER\nexit\n", ip, marker, m.Name, ip) +
		attach("")
	f.undo = []string{attach("no "), "no route-map " + m.Name + "\n", "no " + ip + " prefix-list MARKER\n"}
	for _, l := range m.Lists {
		f.undo = append(f.undo, "no "+l.Command+" "+l.Name+"\n")
	}
	if err := f.enter(ctx, script); err != nil {
		return err
	}
	// Entries are to be what FRR shows, letter by letter.
	shown, err := f.Vtysh(ctx, "show running-config")
	if err != nil {
		return err
	}
	for _, block := range strings.SplitAfter(lists, "\n") {
		if !strings.Contains(shown, block) {
			return fmt.Errorf("FRR does not show %q but\n%s", block, shown)
		}
	}
	if !strings.Contains(strings.ReplaceAll(shown, "\n!\n", "\n"), "exit\n"+entries) {
		return fmt.Errorf("FRR does not show\n%s\nbut\n%s", entries, shown)
	}
	return nil
}

// routeMap is a map as FRR shows it: its lists, and its entries.
func routeMap(m policy.Map) (lists, entries string) {
	for _, l := range m.Lists {
		for _, e := range l.Entries {
			lists += l.Line(e) + "\n"
		}
	}
	for _, e := range m.Entries {
		entries += fmt.Sprintf("route-map %s %s %d\n", m.Name, e.Action, e.Seq)
		for _, line := range e.Lines {
			entries += " " + line + "\n"
		}
		entries += "exit\n"
	}
	return lists, entries
}

// enter has vtysh enter a configuration.
func (f *frr) enter(ctx context.Context, script string) error {
	file := filepath.Join(f.Host.Dir(), "policy.conf")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		return err
	}
	args := []string{"--vty_socket", f.SocketDir, "--config_dir", f.ConfigDir, "-f", file}
	if f.Version.Name == lab.FRR103.Name {
		args = append(args, "--no-fork")
	}
	out, err := f.Host.Exec(ctx, f.VtyshPath, args...)
	if err != nil || strings.Contains(out, "%") {
		return fmt.Errorf("FRR %s: %s (%v) of\n%s", f.Version, out, err, script)
	}
	return nil
}

func (f *frr) originate(ctx context.Context, prefixes []netip.Prefix) error {
	var b strings.Builder
	line := func(no string, p netip.Prefix, with string) {
		family := "ipv4 unicast"
		if p.Addr().Is6() {
			family = "ipv6 unicast"
		}
		fmt.Fprintf(&b, "router bgp %d\naddress-family %s\n%snetwork %s%s\nexit-address-family\nexit\n", ownASN, family, no, p, with)
	}
	for _, p := range f.own {
		line("no ", p, "")
	}
	for _, p := range prefixes {
		line("", p, " route-map OWN")
	}
	f.own = prefixes
	if b.Len() == 0 {
		return nil
	}
	return f.enter(ctx, b.String())
}
