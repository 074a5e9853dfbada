package validate_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
)

func TestConfiguration(t *testing.T) {
	for _, tc := range []struct {
		name, spec string
		// wrong are the beginnings of what is said, in order.
		wrong []string
	}{
		{"the least", `{global: {asn: 65000}}`, nil},
		{"the greatest AS number", `{global: {asn: 4294967295}}`, nil},
		{"no AS number", `{global: {}}`, []string{"spec.global.asn: Required"}},

		{"default port", `{global: {asn: 1, listenPort: 0}}`, nil},
		{"no port", `{global: {asn: 1, listenPort: -1}}`, nil},
		{"negative port", `{global: {asn: 1, listenPort: -5}}`, []string{"spec.global.listenPort: Invalid"}},
		{"great port", `{global: {asn: 1, listenPort: 65536}}`, []string{"spec.global.listenPort: Invalid"}},

		{"pool", `{global: {asn: 1, routerIDPool: 172.30.0.0/24}}`, nil},
		{"small pool", `{global: {asn: 1, routerIDPool: 172.30.0.0/25}}`, []string{"spec.global.routerIDPool: Invalid"}},
		{"IPv6 pool", `{global: {asn: 1, routerIDPool: "fd00::/16"}}`, []string{"spec.global.routerIDPool: Invalid"}},
		{"no pool", `{global: {asn: 1, routerIDPool: here}}`, []string{"spec.global.routerIDPool: Invalid"}},

		{"address", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}}`), nil},
		{"link-local address", neighbor(`{config: {neighborAddress: "fe80::1%eth0", peerAsn: 1}}`), nil},
		{"interface", neighbor(`{config: {neighborInterface: eth0, peerAsn: 1}}`), nil},
		{"interface wins", neighbor(`{config: {neighborInterface: eth0, neighborAddress: none, peerAsn: 1}}`), nil},
		{"no address", neighbor(`{config: {neighborAddress: 192.0.2.300, peerAsn: 1}}`), []string{"spec.neighbors[0].config.neighborAddress: Invalid"}},
		{"no interface", neighbor(`{config: {neighborInterface: "a b", peerAsn: 1}}`), []string{"spec.neighbors[0].config.neighborInterface: Invalid"}},
		{"an address for an interface", neighbor(`{config: {neighborInterface: "192.0.2.1", peerAsn: 1}}`), []string{"spec.neighbors[0].config.neighborInterface: Invalid"}},
		{"neither", neighbor(`{config: {peerAsn: 1}}`), []string{"spec.neighbors[0].config: Required"}},

		{"the same Secret twice", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1, authPasswordSecretRef: {name: a, optional: false}}, authPasswordSecretRef: {name: a}}`), nil},
		{"two Secrets", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1, authPasswordSecretRef: {name: a}}, authPasswordSecretRef: {name: b}}`), []string{"spec.neighbors[0].authPasswordSecretRef: Invalid"}},
		{"two keys", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1, authPasswordSecretRef: {name: a, key: k}}, authPasswordSecretRef: {name: a}}`), []string{"spec.neighbors[0].authPasswordSecretRef: Invalid"}},

		{"timers", timersOf(`{holdTime: 9, keepaliveInterval: 3}`), nil},
		{"no hold time", timersOf(`{holdTime: 0}`), nil},
		{"the same timers twice", timersOf(`{holdTime: 9, config: {holdTime: 9}}`), nil},
		{"short hold time", timersOf(`{holdTime: 2}`), []string{"spec.neighbors[0].timers.holdTime: Invalid"}},
		{"short nested hold time", timersOf(`{config: {holdTime: 1}}`), []string{"spec.neighbors[0].timers.holdTime: Invalid"}},
		{"timers that differ", timersOf(`{connectRetry: 1, holdTime: 9, keepaliveInterval: 3, minimumAdvertisementInterval: 0, config: {connectRetry: 2, holdTime: 10, keepaliveInterval: 4, minimumAdvertisementInterval: 1}}`), []string{
			"spec.neighbors[0].timers.connectRetry: Invalid", "spec.neighbors[0].timers.holdTime: Invalid",
			"spec.neighbors[0].timers.keepaliveInterval: Invalid", "spec.neighbors[0].timers.minimumAdvertisementInterval: Invalid",
		}},

		{"group", group(`{peerGroupName: tor}`), nil},
		{"group without name", group(`{}`), []string{"spec.peerGroups[0].config.peerGroupName: Invalid"}},
		{"group with blank", group(`{peerGroupName: "a b"}`), []string{"spec.peerGroups[0].config.peerGroupName: Invalid"}},
		{"group like an address", group(`{peerGroupName: "fe80::1"}`), []string{"spec.peerGroups[0].config.peerGroupName: Invalid"}},
		{"group timers", `{global: {asn: 1}, peerGroups: [{config: {peerGroupName: tor}, timers: {holdTime: 2}}]}`, []string{"spec.peerGroups[0].timers.holdTime: Invalid"}},
		{"group like an interface", `{global: {asn: 1}, peerGroups: [{config: {peerGroupName: eth0}}], neighbors: [{config: {neighborInterface: eth0, peerAsn: 1}}]}`, []string{"spec.neighbors[0].config.neighborInterface: Invalid"}},

		{"listen addresses", `{global: {asn: 1, listenAddresses: [10.0.0.1, "::", "fe80::1", 127.0.0.1]}}`, nil},
		{"listen addresses that are none", `{global: {asn: 1, listenAddresses: [here, "fe80::1%eth0", 224.0.0.1]}}`, []string{
			"spec.global.listenAddresses[0]: Invalid", "spec.global.listenAddresses[1]: Invalid", "spec.global.listenAddresses[2]: Invalid",
		}},
		{"confederation", `{global: {asn: 1, confederation: {enabled: true, identifier: 9, memberAsList: [1, 2]}}}`, nil},
		{"confederation that is off", `{global: {asn: 1, confederation: {memberAsList: [0]}}}`, nil},
		{"confederation without identifier", `{global: {asn: 1, confederation: {enabled: true}}}`, []string{"spec.global.confederation.identifier: Required"}},
		{"confederation that is its own member", `{global: {asn: 1, confederation: {enabled: true, identifier: 9, memberAsList: [0, 9]}}}`, []string{
			"spec.global.confederation.memberAsList[0]: Invalid", "spec.global.confederation.memberAsList[1]: Invalid",
		}},

		{"families", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, afiSafis: [{family: ipv4-unicast}, {family: l2vpn-evpn}]}`), nil},
		{"a family twice", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, afiSafis: [{family: ipv4-unicast}, {family: ipv4-unicast, enabled: false}]}`), []string{"spec.neighbors[0].afiSafis[1].family: Duplicate"}},
		{"VRF", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1, vrf: blue}}`), nil},
		{"VRF that is none", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1, vrf: "blue\nred"}}`), []string{"spec.neighbors[0].config.vrf: Invalid"}},
		{"transport", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, transport: {localAddress: 192.0.2.2, bindInterface: eth0}}`), nil},
		{"transport of nothing", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, transport: {localAddress: here, bindInterface: "a b"}}`), []string{
			"spec.neighbors[0].transport.localAddress: Invalid", "spec.neighbors[0].transport.bindInterface: Invalid",
		}},
		{"transport with an interface in the address", neighbor(`{config: {neighborAddress: "fe80::1%eth0", peerAsn: 1}, transport: {localAddress: "fe80::2%eth0"}}`), []string{"spec.neighbors[0].transport.localAddress: Invalid"}},
		{"transport of another family", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, transport: {localAddress: "fd00::1"}}`), []string{"spec.neighbors[0].transport.localAddress: Invalid"}},
		{"transport of another family beside an interface", neighbor(`{config: {neighborAddress: 192.0.2.1, neighborInterface: eth0, peerAsn: 1}, transport: {localAddress: "fd00::1"}}`), nil},
		{"transport of a group", `{global: {asn: 1}, peerGroups: [{config: {peerGroupName: tor}, transport: {localAddress: here}, afiSafis: [{family: rtc}, {family: rtc}]}]}`, []string{
			"spec.peerGroups[0].afiSafis[1].family: Duplicate", "spec.peerGroups[0].transport.localAddress: Invalid",
		}},
		{"cluster ID", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, routeReflector: {routeReflectorClusterId: 10.0.0.1}}`), nil},
		{"cluster ID, a number", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, routeReflector: {routeReflectorClusterId: "4294967295"}}`), nil},
		{"cluster ID, nothing", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, routeReflector: {routeReflectorClusterId: "0"}}`), []string{"spec.neighbors[0].routeReflector.routeReflectorClusterId: Invalid"}},
		{"cluster ID, all zeros", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, routeReflector: {routeReflectorClusterId: 0.0.0.0}}`), []string{"spec.neighbors[0].routeReflector.routeReflectorClusterId: Invalid"}},
		{"cluster ID, IPv6", neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, routeReflector: {routeReflectorClusterId: "fd00::1"}}`), []string{"spec.neighbors[0].routeReflector.routeReflectorClusterId: Invalid"}},
		{"ranges", `{global: {asn: 1}, dynamicNeighbors: [{prefix: 10.0.0.9/16, peerGroup: tor}, {prefix: "fd00::/64", peerGroup: tor}]}`, nil},
		{"ranges that are none", `{global: {asn: 1}, dynamicNeighbors: [{prefix: 10.0.0.0, peerGroup: tor}, {prefix: "::ffff:10.0.0.0/112", peerGroup: tor}, {prefix: 10.0.0.0/8}]}`, []string{
			"spec.dynamicNeighbors[0].prefix: Invalid", "spec.dynamicNeighbors[1].prefix: Invalid", "spec.dynamicNeighbors[2].peerGroup: Required",
		}},

		{"patterns", patternsOf(`kube-lb0, "eth*", "*", "[a-c]?", "a|*"`), nil},
		{"patterns that are none", patternsOf(`"", "[a", "a b", "no/interface", 'x\'`), []string{
			"spec.netlinkImport.interfaceList[0]: Invalid", "spec.netlinkImport.interfaceList[1]: Invalid", "spec.netlinkImport.interfaceList[2]: Invalid",
			"spec.netlinkImport.interfaceList[3]: Invalid", "spec.netlinkImport.interfaceList[4]: Invalid",
		}},

		{"all at once", `{global: {}, neighbors: [{config: {}}, {config: {neighborAddress: x}}]}`, []string{
			"spec.global.asn: Required", "spec.neighbors[0].config: Required", "spec.neighbors[1].config.neighborAddress: Invalid",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var c v1.BGPConfiguration
			if err := yaml.UnmarshalStrict([]byte(tc.spec), &c.Spec); err != nil {
				t.Fatal(err)
			}
			var said []error
			if err := validate.Configuration(&c); err != nil {
				said = err.(interface{ Errors() []error }).Errors()
			}
			if len(said) != len(tc.wrong) {
				t.Fatalf("said %v, want %v", said, tc.wrong)
			}
			for i, err := range said {
				if !strings.HasPrefix(err.Error(), tc.wrong[i]) {
					t.Errorf("said %q, want %q", err, tc.wrong[i])
				}
			}
		})
	}
}

func neighbor(s string) string { return `{global: {asn: 1}, neighbors: [` + s + `]}` }

func timersOf(s string) string {
	return neighbor(`{config: {neighborAddress: 192.0.2.1, peerAsn: 1}, timers: ` + s + `}`)
}

func group(s string) string { return `{global: {asn: 1}, peerGroups: [{config: ` + s + `}]}` }

func patternsOf(s string) string {
	return `{global: {asn: 1}, netlinkImport: {enabled: true, interfaceList: [` + s + `]}}`
}
