package crd

// Specs that must be accepted.
var accepted = []struct{ name, spec string }{
	{"nothing but an ASN", `global: {asn: 65000}`},
	{"the greatest ASN", `
global: {asn: 4294967295}
neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 4294967295, localAsn: 4294967295}}]
peerGroups: [{config: {peerGroupName: g, peerAsn: 4294967295, localAsn: 4294967295}}]`},
	{"an ASN above 2^31", `global: {asn: 4200000000}`},
	{"the default port in words", `global: {asn: 65000, listenPort: 0}`},
	{"do not listen", `global: {asn: 65000, listenPort: -1}`},
	{"the greatest port", `global: {asn: 65000, listenPort: 65535}`},
	{"an empty router ID", `global: {asn: 65000, routerID: ""}`},
	{"a router ID from the node", `global: {asn: 65000, routerID: "${node.annotations['example.com/id']}"}`},
	{"every family", `global: {asn: 65000, families: [ipv4-unicast, ipv6-unicast, ipv4-multicast, ipv6-multicast,
  ipv4-labeled, ipv6-labeled, ipv4-vpn, ipv6-vpn, l2vpn-vpls, l2vpn-evpn, ipv4-flowspec, ipv6-flowspec, rtc]}`},

	{"an IPv4 neighbor", `neighbors: [{config: {neighborAddress: 255.250.199.1, peerAsn: 1}}]`},
	{"an IPv6 neighbor", `neighbors: [{config: {neighborAddress: "2001:DB8::1", peerAsn: 1}}]`},
	{"a full IPv6 address", `neighbors: [{config: {neighborAddress: "2001:db8:1:2:3:4:5:6", peerAsn: 1}}]`},
	{"an IPv4-mapped address", `neighbors: [{config: {neighborAddress: "::ffff:192.0.2.1", peerAsn: 1}}]`},
	{"a link-local neighbor", `neighbors: [{config: {neighborAddress: "fe80::1%eth0.100", peerAsn: 1}}]`},
	{"a link-local neighbor without interface", `neighbors: [{config: {neighborAddress: "fe80::1", peerAsn: 1}}]`},
	{"an unnumbered neighbor", `neighbors: [{config: {neighborInterface: eth1, peerAsn: 1}}]`},
	{"an unnumbered neighbor, the address written out as empty", `neighbors: [{config: {neighborInterface: eth1, neighborAddress: "", peerAsn: 1}}]`},
	{"both, where the interface wins", `neighbors: [{config: {neighborInterface: eth1, neighborAddress: 10.9.0.1, peerAsn: 1}}]`},
	{"the peer group states the ASN", `
neighbors: [{config: {neighborAddress: 10.9.0.1, peerGroup: tor}}]
peerGroups: [{config: {peerGroupName: tor, peerAsn: 65001}}]`},
	{"two racks", `
neighbors:
- config: {neighborAddress: 10.1.1.1, peerAsn: 65001}
  nodeSelector: {matchLabels: {topology.kubernetes.io/zone: rack-1}}
- config: {neighborAddress: 10.2.1.1, peerAsn: 65001}
  nodeSelector: {matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [rack-2]}]}
- config: {neighborAddress: 10.3.1.1, peerAsn: 65001}
  nodeSelector: {}`},

	{"timers as the page writes them", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {holdTime: 9, keepaliveInterval: 3}`},
	{"timers as v0.2.4 writes them", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {config: {holdTime: 9, keepaliveInterval: 3, connectRetry: 5, minimumAdvertisementInterval: 0}}`},
	{"timers twice and equal", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {holdTime: 9, config: {holdTime: 9, keepaliveInterval: 3}}`},
	{"timers in both places, none of them twice", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {holdTime: 9, config: {keepaliveInterval: 3}}`},
	{"a session without hold time", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {holdTime: 0}`},
	{"the least hold time", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  timers: {holdTime: 3, keepaliveInterval: 1}`},

	{"the password as the page writes it", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  authPasswordSecretRef: {name: bgp}`},
	{"the password as v0.2.4 writes it", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1, authPasswordSecretRef: {name: bgp, key: password, optional: true}}`},
	{"the password twice and equal", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1, authPasswordSecretRef: {name: bgp, key: a}}
  authPasswordSecretRef: {name: bgp, key: a}`},

	{"BFD with its defaults", `
neighbors:
- config: {neighborAddress: "fe80::1%eth0", peerAsn: 1}
  bfd: {enabled: true}`},
	{"BFD opted out for a link-local neighbor", `
neighbors:
- config: {neighborAddress: "fe80::1", peerAsn: 1}
  bfd: {enabled: false}`},
	{"neighbors from a range", `
peerGroups: [{config: {peerGroupName: tor, peerAsn: 65001}}]
dynamicNeighbors: [{prefix: 10.9.0.0/24, peerGroup: tor}]`},
	{"import and export", `
netlinkImport: {enabled: true, interfaceList: [kube-lb0, "eth*"]}
netlinkExport:
  enabled: true
  dampeningInterval: 100
  routeProtocol: 186
  rules: [{name: default, communityList: ["65000:100"], largeCommunityList: ["4200000000:1:2"], metric: 4294967295, tableId: 100}]`},
	{"a VRF", `
vrfs:
- name: red
  rd: "65000:100"
  importRt: ["65000:100"]
  exportRt: ["192.0.2.1:100", "4200000000:7"]
  netlinkImport: {enabled: true, interfaceList: [red0]}
  netlinkExport: {enabled: true, linuxVrf: red, linuxTableId: 10}`},
	{"policies", `
definedSets:
- {type: prefix, name: vips, prefixes: [{ipPrefix: 10.200.0.0/16, maskLengthMin: 24, maskLengthMax: 32}]}
- {type: community, name: backup, list: ["65000:666", "^65001:.*$"]}
policyDefinitions:
- name: out
  statements:
  - name: vips
    conditions: {prefixSet: {name: vips, match: any}, asPathLength: {operator: le, length: 3}, routeType: local, medEq: 4294967295}
    actions: {routeAction: accept, community: {type: add, communities: ["65000:1"]}, localPref: 4294967295, med: {type: replace, value: 4294967295}, nexthop: {self: true}, asPrepend: {asn: 4294967295, repeat: 3}}
  - actions: {routeAction: ""}
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}
  applyPolicy: {exportPolicy: {policies: [out], defaultAction: reject}}`},
}

// Specs that must be refused, each with a message that says where.
var refused = []struct{ name, spec, says string }{
	{"no ASN", `global: {listenPort: 179}`, "spec.global.asn"},
	{"ASN 0", `global: {asn: 0}`, "spec.global.asn"},
	{"a negative ASN", `global: {asn: -1}`, "spec.global.asn"},
	{"an ASN of 33 bits", `global: {asn: 4294967296}`, "spec.global.asn"},
	{"a port below -1", `global: {asn: 65000, listenPort: -5}`, "spec.global.listenPort"},
	{"a port of 17 bits", `global: {asn: 65000, listenPort: 65536}`, "spec.global.listenPort"},
	{"a router ID without end", `global: {asn: 65000, routerID: "` + long + `"}`, "spec.global.routerID"},
	{"an unknown family", `global: {asn: 65000, families: [ipv5-unicast]}`, "spec.global.families[0]"},
	{"a hasty heartbeat", `global: {asn: 65000, nodeStatus: {heartbeatSeconds: 9}}`, "spec.global.nodeStatus.heartbeatSeconds"},
	{"a restart time of 13 bits", `global: {asn: 65000, gracefulRestart: {restartTime: 4096}}`, "spec.global.gracefulRestart.restartTime"},
	{"a misspelled field", `neighbours: []`, "spec.neighbours"},

	{"an IPv4 address out of range", `neighbors: [{config: {neighborAddress: "10.9.0.999", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"an IPv4 address cut short", `neighbors: [{config: {neighborAddress: "10.9.0", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"a prefix for an address", `neighbors: [{config: {neighborAddress: "10.9.0.1/24", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"a word for an address", `neighbors: [{config: {neighborAddress: not-an-address, peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"a word of hexadecimal digits", `neighbors: [{config: {neighborAddress: cafe, peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"a line break in an address", `neighbors: [{config: {neighborAddress: "10.9.0.1\nexit", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"an interface that breaks the line", `neighbors: [{config: {neighborAddress: "fe80::1%eth0\nexit", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"an IPv4 address with interface", `neighbors: [{config: {neighborAddress: "10.9.0.1%eth0", peerAsn: 1}}]`, "spec.neighbors[0].config.neighborAddress"},
	{"neither address nor interface", `neighbors: [{config: {peerAsn: 1}}]`, "one of neighborAddress and neighborInterface is required"},
	{"both empty", `neighbors: [{config: {peerAsn: 1, neighborAddress: "", neighborInterface: ""}}]`, "one of neighborAddress and neighborInterface is required"},
	{"the second neighbor is named", `neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 1}}, {config: {peerAsn: 1}}]`, "spec.neighbors[1].config"},
	{"neither ASN nor group", `neighbors: [{config: {neighborAddress: 10.9.0.1}}]`, "peerAsn is required unless a peerGroup states it"},
	{"peer ASN 0", `neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 0}}]`, "peerAsn is required unless a peerGroup states it"},
	{"a peer ASN of 33 bits", `neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 4294967296}}]`, "spec.neighbors[0].config.peerAsn"},
	{"own AS too often", `neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 1, allowOwnAsn: 256}}]`, "spec.neighbors[0].config.allowOwnAsn"},
	{"an unknown kind of community", `neighbors: [{config: {neighborAddress: 10.9.0.1, peerAsn: 1, sendCommunity: some}}]`, "spec.neighbors[0].config.sendCommunity"},
	{"a peer group without name", `peerGroups: [{config: {peerAsn: 1}}]`, "spec.peerGroups[0].config.peerGroupName"},

	{"timers twice and different", neighbor + `
  timers: {holdTime: 9, config: {holdTime: 10}}`, "spec.neighbors[0].timers"},
	{"keepalive twice and different", neighbor + `
  timers: {keepaliveInterval: 3, config: {keepaliveInterval: 4}}`, "spec.neighbors[0].timers"},
	{"hold time 1", neighbor + `
  timers: {holdTime: 1}`, "spec.neighbors[0].timers.holdTime"},
	{"hold time 2, the other spelling", neighbor + `
  timers: {config: {holdTime: 2}}`, "spec.neighbors[0].timers.config.holdTime"},
	{"a hold time of 17 bits", neighbor + `
  timers: {holdTime: 65536}`, "spec.neighbors[0].timers.holdTime"},
	{"a negative keepalive", neighbor + `
  timers: {keepaliveInterval: -1}`, "spec.neighbors[0].timers.keepaliveInterval"},
	{"a negative connect retry", neighbor + `
  timers: {config: {connectRetry: -1}}`, "spec.neighbors[0].timers.config.connectRetry"},
	{"hold time 1 of a group", `
peerGroups: [{config: {peerGroupName: g}, timers: {holdTime: 1}}]`, "spec.peerGroups[0].timers.holdTime"},

	{"the password twice and different", `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1, authPasswordSecretRef: {name: a}}
  authPasswordSecretRef: {name: b}`, "authPasswordSecretRef"},
	{"a password from no Secret", neighbor + `
  authPasswordSecretRef: {key: password}`, "spec.neighbors[0].authPasswordSecretRef.name"},
	{"too many hops", neighbor + `
  ebgpMultihop: {enabled: true, multihopTtl: 256}`, "spec.neighbors[0].ebgpMultihop.multihopTtl"},
	{"an unknown family of a neighbor", neighbor + `
  afiSafis: [{family: ipv4}]`, "spec.neighbors[0].afiSafis[0].family"},
	{"a share above all", neighbor + `
  afiSafis: [{family: ipv4-unicast, prefixLimit: {maxPrefixes: 10, shutdownThresholdPct: 101}}]`, "prefixLimit.shutdownThresholdPct"},
	{"BFD too fast", neighbor + `
  bfd: {desiredMinimumTxInterval: 299999}`, "spec.neighbors[0].bfd.desiredMinimumTxInterval"},
	{"BFD that cannot miss", neighbor + `
  bfd: {detectionMultiplier: 2}`, "spec.neighbors[0].bfd.detectionMultiplier"},
	{"BFD to a link-local address on no interface", `
neighbors: [{config: {neighborAddress: "FE80::1", peerAsn: 1}, bfd: {enabled: true}}]`, "neighborAddress"},

	{"an unknown default action", neighbor + `
  applyPolicy: {importPolicy: {defaultAction: maybe}}`, "applyPolicy.importPolicy.defaultAction"},
	{"two next hops", `
policyDefinitions: [{name: p, statements: [{actions: {nexthop: {self: true, address: 10.9.0.1}}}]}]`, "actions.nexthop"},
	{"an unknown kind of set", `definedSets: [{type: colour, name: s}]`, "spec.definedSets[0].type"},
	{"a word for a community", `
netlinkExport: {rules: [{name: r, communityList: [blackhole]}]}`, "spec.netlinkExport.rules[0].communityList[0]"},
}

const neighbor = `
neighbors:
- config: {neighborAddress: 10.9.0.1, peerAsn: 1}`

// long is one character more than a router ID may have.
const long = sixteen + sixteen + sixteen + sixteen + sixteen + sixteen + sixteen + sixteen +
	sixteen + sixteen + sixteen + sixteen + sixteen + sixteen + sixteen + sixteen + "0"

const sixteen = "0123456789abcdef"
