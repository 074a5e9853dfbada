package render

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// BenchmarkRender is from objects to the text of frr.conf, for a node with so many addresses, neighbors, and policies.
func BenchmarkRender(b *testing.B) {
	for _, size := range []struct{ addresses, neighbors, policies int }{
		{100, 4, 0}, {1_000, 4, 0}, {10_000, 4, 0}, {100, 1_024, 0}, {100, 16, 256},
	} {
		b.Run(fmt.Sprintf("addresses=%d,neighbors=%d,policies=%d", size.addresses, size.neighbors, size.policies), func(b *testing.B) {
			in := declaredNode(b, size.neighbors, size.policies)
			in.Links[0].Addresses = addresses(size.addresses)
			b.ReportAllocs()
			for b.Loop() {
				mustRender(b, in)
			}
		})
	}
}

// declaredNode is a node with so many neighbors, which share so many import policies of 128 statements.
func declaredNode(tb testing.TB, neighbors, policies int) Input {
	var yaml strings.Builder
	yaml.WriteString("apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\n---\napiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec:\n")
	yaml.WriteString("  global: {asn: 65000, routerID: 10.1.0.2}\n  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}\n")
	if policies > 0 {
		yaml.WriteString("  definedSets:\n  - {name: ours, type: prefix, prefixes: [{ipPrefix: 10.0.0.0/8, maskLengthMin: 8, maskLengthMax: 32}]}\n  policyDefinitions:\n")
		for p := range policies {
			fmt.Fprintf(&yaml, "  - name: policy-%d\n    statements:\n", p)
			for s := range 128 {
				fmt.Fprintf(&yaml, "    - {conditions: {prefixSet: {name: ours}, medEq: %d}, actions: {routeAction: accept, med: {type: replace, value: %d}}}\n", s+1, p)
			}
		}
	}
	yaml.WriteString("  neighbors:\n")
	for n := range neighbors {
		fmt.Fprintf(&yaml, "  - config: {neighborAddress: 10.2.%d.%d, peerAsn: 65001}\n", n/256, n%256)
		if policies > 0 {
			fmt.Fprintf(&yaml, "    applyPolicy: {importPolicy: {policies: [")
			for p := n; p < policies; p += neighbors {
				fmt.Fprintf(&yaml, "policy-%d, ", p)
			}
			yaml.WriteString("], defaultAction: reject}}\n")
		}
	}
	return Input{Objects: parseObjects(tb, []byte(yaml.String())), Links: []Link{{Name: "kube-lb0", Up: true}}}
}

// addresses are so many addresses of services.
func addresses(n int) []Address {
	list := make([]Address, n)
	for i := range list {
		list[i].Prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(9 + i>>16), byte(i >> 8), byte(i)}), 32)
	}
	return list
}
