package render

import (
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// What an import announces and keeps back by the state of addresses and by what
// other interfaces carry, on every version alike.
func TestImportByState(t *testing.T) {
	p := func(texts ...string) (list []netip.Prefix) {
		for _, s := range texts {
			list = append(list, netip.MustParsePrefix(s))
		}
		return list
	}
	spec := v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}, NetlinkImport: &v1.NetlinkImport{Enabled: true, InterfaceList: []string{"kube-lb0", "down0"}}}
	for _, dialect := range []Dialect{FRR8, FRR10} {
		in := Input{Dialect: dialect, Objects: Objects{Configuration: &v1.BGPConfiguration{Spec: spec},
			Node: nodeWith("worker-1", nil, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: "10.0.0.11"})}}
		in.Links = []Link{{
			Name: "kube-lb0", Up: true,
			Addresses: []Address{
				{Prefix: p("10.1.0.1/32")[0]},
				{Prefix: p("10.2.0.1/32")[0], Peer: p("10.3.0.1/24")[0]},
				{Prefix: p("10.4.0.1/24")[0]},
			},
			Routes:    p("10.5.0.0/24"),
			Unusable:  []UnusableAddress{{p("10.6.0.1/32")[0], "is valid on this host only"}, {p("10.4.0.2/24")[0], "is valid on this host only"}},
			Withheld:  p("10.3.0.0/24", "10.4.0.0/24", "10.6.0.1/32"),
			Elsewhere: p("10.1.0.1/32"),
		}, {
			Name:      "down0",
			Addresses: []Address{{Prefix: p("10.7.0.1/24")[0], NoPrefixRoute: true}},
			Elsewhere: p("10.7.0.0/24"),
		}}
		c, notes, err := Resolve(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []struct {
			what      string
			got, want []netip.Prefix
		}{
			{"listed", c.Import.Listed, p("10.1.0.1/32", "10.2.0.1/32", "10.4.0.0/24", "10.5.0.0/24")},
			{"kept back", c.Import.Stale, p("10.3.0.0/24", "10.6.0.1/32", "10.7.0.0/24")},
		} {
			if texts(list.got) != texts(list.want) {
				t.Errorf("%s are %s; want %s", list.what, texts(list.got), texts(list.want))
			}
		}
		var told []string
		for _, n := range notes {
			if n.Reason == "NotUsable" {
				told = append(told, n.Message)
			}
		}
		if len(told) != 2 || !strings.Contains(told[0], "10.6.0.1/32 of the interface kube-lb0 is valid on this host only") {
			t.Errorf("notes: %q", told)
		}
	}
}

func texts(prefixes []netip.Prefix) string {
	var list []string
	for _, p := range prefixes {
		list = append(list, p.String())
	}
	return strings.Join(list, " ")
}
