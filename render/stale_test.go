package render

import (
	"net/netip"
	"strings"
	"testing"
)

// What zebra has and no interface carries is kept out before any door; what an interface carries is let through whatever
// zebra chooses; and usually there is nothing of it.
func TestStale(t *testing.T) {
	objects := parseObjects(t, []byte(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0, lb1]}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
`))
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, s := range texts {
			list = append(list, netip.MustParsePrefix(s))
		}
		return list
	}
	address := func(s string) []Address { return []Address{{Prefix: netip.MustParsePrefix(s)}} }
	links := []Link{{Name: "kube-lb0", Up: true, Addresses: address("10.9.9.1/32")}, {Name: "lb1", Up: true, Addresses: address("10.9.9.3/32")}}
	if text := renderCase(t, Input{Objects: objects, Links: links})["frr.conf"]; strings.Contains(text, "STALE") || strings.Contains(text, "K8FRR-LISTED seq 496791270") {
		t.Errorf("nothing is stale:\n%s", text)
	}
	links[0].Stale = prefixes("10.9.9.3/32", "10.9.9.2/32", "fd00:9::2/128")
	text := renderCase(t, Input{Objects: objects, Links: links})["frr.conf"]
	for _, lines := range []string{
		"ip prefix-list K8FRR-LISTED seq 496791270 permit 10.9.9.3/32\nip prefix-list K8FRR-LISTED seq 4294967295 deny any\n",
		"ip prefix-list K8FRR-STALE seq 1025938873 permit 10.9.9.2/32\nip prefix-list K8FRR-STALE seq 4294967295 deny any\n",
		"ipv6 prefix-list K8FRR-STALE seq 3599383555 permit fd00:9::2/128\nipv6 prefix-list K8FRR-STALE seq 4294967295 deny any\n",
		"route-map K8FRR-IMPORT-CONNECTED deny 3\n match ip address prefix-list K8FRR-STALE\nexit\n!\n" +
			"route-map K8FRR-IMPORT-CONNECTED deny 4\n match ipv6 address prefix-list K8FRR-STALE\nexit\n!\n" +
			"route-map K8FRR-IMPORT-CONNECTED permit 10\n",
		"route-map K8FRR-IMPORT-LOCAL deny 4\n match ipv6 address prefix-list K8FRR-STALE\nexit\n!\n" +
			"route-map K8FRR-IMPORT-LOCAL permit 10\n",
	} {
		if !strings.Contains(text, lines) {
			t.Errorf("there is no\n%sin\n%s", lines, text)
		}
	}
	if strings.Contains(text, "STALE seq 496791270") {
		t.Errorf("what lb1 carries is kept out:\n%s", text)
	}
}
