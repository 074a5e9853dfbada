package render

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"unicode"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// FuzzText puts arbitrary strings wherever a user, a Secret or a kernel can
// put one. Either a string is refused, or it stays the token that it is: the
// text has as many lines as one with harmless strings, each beginning with the
// same command.
func FuzzText(f *testing.F) {
	f.Add("worker-1", "10.0.0.1", "eth0", "tor", "a router", "s3cret", "kube-lb0", "192.0.2.1")
	f.Add("n", "fe80::1%eth0", "eth0\nshutdown", "to r", "x\nrouter bgp 1", "a\nb", "kube|", "${NODE_IP}")
	f.Add("n\n!", "fe80::1%a| b", "e|", "g|", "a| include b", "p|", "a| b", "1.2.3.4\n")
	f.Add("n", "::ffff:1.2.3.4", "..", "10.0.0.1", strings.Repeat("é", 3000), strings.Repeat("x", 80), "*", "")
	f.Add("n", "10.0.0.1", "eth0", "password", "\x00\x1b[0m\u2028\u0085\xff", "<redacted>", "[", "${node.annotations['a\n']}")
	f.Add("n", "10.0.0.1%\t", "!", "#", "!", "!", "#", "255.255.255.255")
	f.Fuzz(func(t *testing.T, node, address, iface, group, description, password, link, routerID string) {
		in := Input{
			Objects: Objects{
				Node: nodeWith(node, nil, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: "10.0.0.11"}),
				Configuration: &v1.BGPConfiguration{Spec: v1.BGPConfigurationSpec{
					Global:     v1.Global{ASN: 65000, RouterID: routerID},
					PeerGroups: []v1.PeerGroup{{Config: v1.PeerGroupConfig{Name: group, Description: description}}},
					Neighbors: []v1.Neighbor{
						{Config: v1.NeighborConfig{NeighborAddress: address, PeerASN: 65001, PeerGroup: group, Description: description}},
						{Config: v1.NeighborConfig{NeighborInterface: iface, PeerASN: 65001, Description: description,
							SessionConfig: v1.SessionConfig{AuthPasswordSecretRef: &v1.SecretKeyRef{Name: "s"}}}},
						{Config: v1.NeighborConfig{NeighborAddress: "192.0.2.1", PeerASN: 65001,
							SessionConfig: v1.SessionConfig{AuthPassword: password}}},
					},
					NetlinkImport: &v1.NetlinkImport{Enabled: true, InterfaceList: []string{link, "*"}},
				}},
				Secrets: map[string]map[string]Secret{"s": {"password": NewSecret(password)}},
			},
			Links:   []Link{{Name: iface, Addresses: []Address{{Prefix: netip.MustParsePrefix("10.9.9.9/32"), NoPrefixRoute: true}}}},
			Dialect: FRR10,
		}
		config, _, err := Resolve(in)
		if err != nil {
			return
		}
		text := mustText(t, config).Reveal()
		if again := mustRender(t, in); again != text {
			t.Fatalf("rendered twice:\n%s\n%s", text, again)
		}
		got := strings.Split(text, "\n")
		want := strings.Split(mustText(t, tame(*config)).Reveal(), "\n")
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), text)
		}
		for i, line := range got {
			switch {
			case len(line) > 4000:
				t.Errorf("line %d has %d bytes", i+1, len(line))
			case strings.ContainsFunc(line, unicode.IsControl):
				t.Errorf("line %d has a control character: %q", i+1, line)
			case strings.Contains(line, "| "):
				t.Errorf("FRR would cut line %d: %q", i+1, line)
			case command(line) != command(want[i]):
				t.Errorf("line %d is %q, want something as %q", i+1, line, want[i])
			}
		}
	})
}

// command is the first word of a line and how far it is indented.
func command(line string) string {
	word := strings.TrimLeft(line, " ")
	indent := len(line) - len(word)
	word, _, _ = strings.Cut(word, " ")
	return strconv.Itoa(indent) + word
}

// tame replaces every string in a configuration by a harmless one.
func tame(c Config) *Config {
	c.Node = "node"
	describe := func(s string) string {
		if s == "" {
			return ""
		}
		return "text"
	}
	groups := map[string]string{}
	c.PeerGroups = append([]PeerGroup(nil), c.PeerGroups...)
	for i := range c.PeerGroups {
		g := &c.PeerGroups[i]
		groups[g.Name] = "group" + strconv.Itoa(i)
		g.Name, g.Description = groups[g.Name], describe(g.Description)
	}
	c.Neighbors = append([]Neighbor(nil), c.Neighbors...)
	for i := range c.Neighbors {
		n := &c.Neighbors[i]
		n.PeerGroup, n.Description = groups[n.PeerGroup], describe(n.Description)
		if n.Unnumbered() {
			n.ID = "if" + strconv.Itoa(i)
		}
		if n.Interface != "" {
			n.Interface = "if" + strconv.Itoa(i)
		}
		if !n.Password.IsZero() {
			n.Password = NewSecret("password")
		}
	}
	c.Import.Interfaces = append([]string(nil), c.Import.Interfaces...)
	for i := range c.Import.Interfaces {
		c.Import.Interfaces[i] = "if" + strconv.Itoa(i)
	}
	c.Import.Mirrored = append([]Mirrored(nil), c.Import.Mirrored...)
	for i := range c.Import.Mirrored {
		c.Import.Mirrored[i].Interface = "if"
	}
	return &c
}
