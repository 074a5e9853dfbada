package validate

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func TestPolicies(t *testing.T) {
	const policy = `policyDefinitions: [{name: p, statements: [`
	for _, tc := range []struct {
		name, spec string
		// wrong are the fields and the beginnings of what is said, in order.
		wrong []string
	}{
		{"nothing", `{}`, nil},
		{"one of each", `
definedSets:
- {type: prefix, name: s, prefixes: [{ipPrefix: 10.0.0.0/8, maskLengthMin: 24}, {ipPrefix: "fd00::/8"}]}
- {type: neighbor, name: s, list: [192.0.2.1, "2001:db8::/32"]}
- {type: as-path, name: s, list: [^65001_, '_65002$', '\d+ 65003']}
- {type: community, name: s, list: ["65000:1", no-export, "^65000:.*$"]}
- {type: ext-community, name: s, list: ["rt:65000:1", "soo:192.0.2.1:5", "rt:^65.*"]}
- {type: large-community, name: s, list: ["1:2:3", "^4200000000:"]}
policyDefinitions:
- name: p
  statements:
  - conditions:
      prefixSet: {name: s, match: invert}
      neighborSet: {name: s}
      asPathSet: {name: s, match: all}
      communitySet: {name: s, match: all}
      extCommunitySet: {name: s}
      largeCommunitySet: {name: s, match: invert}
      asPathLength: {operator: le, length: 3}
      communityCount: {operator: ge, count: 1}
      routeType: external
      origin: igp
      nextHopInList: [192.0.2.1, 10.0.0.0/8]
      afiSafiIn: [ipv4-unicast]
      localPrefEq: 100
      medEq: 5
    actions:
      community: {type: add, communities: ["65000:1", blackhole]}
      extCommunity: {type: replace, communities: ["rt:65000:1"]}
      largeCommunity: {type: remove, communities: ["65000:.*"]}
      nexthop: {address: 192.0.2.9}
      med: {type: mod, value: -5}
      asPrepend: {asn: 65001, repeat: 3}
      localPref: 200
      origin: incomplete
      routeAction: accept
global: {asn: 65001, applyPolicy: {importPolicy: {policies: [p], defaultAction: reject}}}`, nil},

		{"references", policy + `{conditions: {prefixSet: {name: a}, communitySet: {name: b}}}]}]
global: {applyPolicy: {importPolicy: {policies: [q]}}}
neighbors: [{applyPolicy: {exportPolicy: {policies: [p, r], defaultAction: maybe}}}]`, []string{
			`spec.global.applyPolicy.importPolicy.policies[0]: Invalid value: "q": names no policy`,
			`spec.neighbors[0].applyPolicy.exportPolicy.policies[1]: Invalid value: "r": names no policy`,
			`spec.neighbors[0].applyPolicy.exportPolicy.defaultAction: Invalid value: "maybe": must be accept or reject`,
			`spec.policyDefinitions[0].statements[0].conditions.prefixSet.name: Invalid value: "a": names no defined set of type prefix`,
			`spec.policyDefinitions[0].statements[0].conditions.communitySet.name: Invalid value: "b": names no defined set of type community`,
		}},
		{"names", `policyDefinitions: [{name: p}, {name: p}, {name: ""}]
definedSets: [{type: prefix, name: s}, {type: neighbor, name: s}, {type: prefix, name: s}, {type: tag, name: s}, {type: prefix, name: ""}]`, []string{
			`spec.policyDefinitions[1].name: Invalid value: "p": is the name of an earlier policy`,
			`spec.policyDefinitions[2].name: Invalid value: "": must not be empty`,
			`spec.definedSets[2].name: Invalid value: "s": is the name of an earlier set`,
			`spec.definedSets[3].type: Invalid value: "tag": must be one of prefix, neighbor, as-path`,
			`spec.definedSets[4].name: Invalid value: "": must not be empty`,
		}},
		{"prefixes", `definedSets: [{type: prefix, name: s, prefixes: [{ipPrefix: 10.0.0.0}, {ipPrefix: 10.0.0.0/8, maskLengthMax: 33},
  {ipPrefix: 10.0.0.0/8, maskLengthMax: 7}, {ipPrefix: 10.0.0.0/8, maskLengthMin: 24, maskLengthMax: 20}, {rtcPrefix: "65000:1/64"}, {ipPrefix: "::ffff:10.0.0.0/104"}], list: [x]}]`, []string{
			`spec.definedSets[0].prefixes[0].ipPrefix: Invalid value: "10.0.0.0": must be an IPv4 or IPv6 prefix`,
			`spec.definedSets[0].prefixes[1].maskLengthMax: Invalid value: "33": must be at most 32`,
			`spec.definedSets[0].prefixes[2].maskLengthMax: Invalid value: "7": must be at least 8`,
			`spec.definedSets[0].prefixes[3].maskLengthMax: Invalid value: "20": must be at least 24`,
			`spec.definedSets[0].prefixes[4].rtcPrefix: Invalid value: "65000:1/64": cannot be matched`,
			`spec.definedSets[0].prefixes[5].ipPrefix`,
			`spec.definedSets[0].list[0]: Invalid value: "x": is not used`,
		}},
		{"members", `definedSets:
- {type: neighbor, name: s, list: [10.0.0.256, "fe80::1%eth0"], prefixes: [{ipPrefix: 10.0.0.0/8}]}
- {type: as-path, name: s, list: ["(", '\b65001', '65001^', "x"]}
- {type: community, name: s, list: ["65536:1", "4294967296", "no-such", "(", "^$"]}
- {type: ext-community, name: s, list: ["65000:1", "lb:65000:125000", "encap:vxlan", "valid", "rt:65536:65536", "rt:0.5:1", "rt:("]}
- {type: large-community, name: s, list: ["4294967296:1:1", "a:b:c"]}`, []string{
			`spec.definedSets[0].prefixes: `, `spec.definedSets[0].list[0]: Invalid value: "10.0.0.256": must be an IPv4 or IPv6 address or prefix`, `spec.definedSets[0].list[1]: `,
			`spec.definedSets[1].list[0]: Invalid value: "(": is not a regular expression`,
			`spec.definedSets[1].list[1]: Invalid value: "\\b65001": uses \b or \B`,
			`spec.definedSets[1].list[2]: Invalid value: "65001^": matches no AS path`,
			`spec.definedSets[1].list[3]: Invalid value: "x": matches no AS path`,
			`spec.definedSets[2].list[0]: Invalid value: "65536:1": must be AS:VALUE with both at most 65535`,
			`spec.definedSets[2].list[1]: Invalid value: "4294967296": must be at most 4294967295`,
			`spec.definedSets[2].list[2]: Invalid value: "no-such": matches no value`,
			`spec.definedSets[2].list[3]: Invalid value: "(": is neither a value nor a regular expression`,
			`spec.definedSets[2].list[4]: Invalid value: "^$": matches no value`,
			`spec.definedSets[3].list[0]: Invalid value: "65000:1": must begin with rt or soo and a colon`,
			`spec.definedSets[3].list[1]: Invalid value: "lb:65000:125000": is a link bandwidth`,
			`spec.definedSets[3].list[2]: Invalid value: "encap:vxlan": is an encapsulation`,
			`spec.definedSets[3].list[3]: Invalid value: "valid": is a validation state`,
			`spec.definedSets[3].list[4]: Invalid value: "rt:65536:65536": must be AS:NUMBER`,
			`spec.definedSets[3].list[5]: Invalid value: "rt:0.5:1": has an AS number of two bytes`,
			`spec.definedSets[3].list[6]: Invalid value: "rt:(": is neither a value nor`,
			`spec.definedSets[4].list[0]: Invalid value: "4294967296:1:1": must be three numbers`,
			`spec.definedSets[4].list[1]: Invalid value: "a:b:c": matches no value`,
		}},
		{"empty sets", `definedSets: [{type: prefix, name: s}, {type: neighbor, name: s}, {type: community, name: s}]
` + policy + `{conditions: {prefixSet: {name: s}, communitySet: {name: s, match: invert}}},
  {conditions: {prefixSet: {name: s, match: invert}, neighborSet: {name: s}, communitySet: {name: s, match: all}}}]}]`, []string{
			`spec.policyDefinitions[0].statements[1].conditions.neighborSet.name: Invalid value: "s": has no members`,
			`spec.policyDefinitions[0].statements[1].conditions.prefixSet.name: Invalid value: "s": has no members`,
			`spec.policyDefinitions[0].statements[1].conditions.communitySet.name: Invalid value: "s": has no members`,
		}},
		{"conditions", `definedSets: [{type: prefix, name: s, prefixes: [{ipPrefix: 10.0.0.0/8}]}]
` + policy + `{conditions: {prefixSet: {name: s, match: all}, asPathLength: {operator: lt, length: 1}, communityCount: {operator: eq, count: 251},
  routeType: foreign, origin: x, nextHopInList: [y], medEq: 0, rpkiResult: valid}}]}]`, []string{
			`spec.policyDefinitions[0].statements[0].conditions.prefixSet.match: Invalid value: "all": must be one of any, invert`,
			`spec.policyDefinitions[0].statements[0].conditions.asPathLength.operator: Invalid value: "lt": must be one of eq, ge, le`,
			`spec.policyDefinitions[0].statements[0].conditions.communityCount: Invalid value: "251": is more than FRR can count to`,
			`spec.policyDefinitions[0].statements[0].conditions.routeType: `, `spec.policyDefinitions[0].statements[0].conditions.origin: `,
			`spec.policyDefinitions[0].statements[0].conditions.nextHopInList[0]: `,
			`spec.policyDefinitions[0].statements[0].conditions.medEq: Invalid value: "0": cannot be matched`,
			`spec.policyDefinitions[0].statements[0].conditions.rpkiResult: Invalid value: "valid": cannot be matched: it needs bgpd's RPKI module`,
		}},
		{"actions", policy + `{actions: {routeAction: drop, community: {type: add, communities: ["65000:.*"]}, largeCommunity: {type: set, communities: ["1:2"]},
  extCommunity: {type: add, communities: ["lb:1:1"]}, nexthop: {address: x}, med: {type: mod, value: 0}, asPrepend: {asn: 0}, origin: y}},
  {actions: {med: {type: replace, value: -1}, asPrepend: {asn: 1, repeat: 256}}}]}]`, []string{
			`spec.policyDefinitions[0].statements[0].actions.routeAction: Invalid value: "drop": must be accept or reject`,
			`spec.policyDefinitions[0].statements[0].actions.community.communities[0]: Invalid value: "65000:.*": is no value of a community`,
			`spec.policyDefinitions[0].statements[0].actions.largeCommunity.communities[0]: `,
			`spec.policyDefinitions[0].statements[0].actions.largeCommunity.type: Invalid value: "set": must be one of add, remove, replace`,
			`spec.policyDefinitions[0].statements[0].actions.extCommunity.communities[0]: Invalid value: "lb:1:1": is a link bandwidth`,
			`spec.policyDefinitions[0].statements[0].actions.nexthop.address: Invalid value: "x": must be an IPv4 or IPv6 address`,
			`spec.policyDefinitions[0].statements[0].actions.med.value: Invalid value: "0": adds nothing`,
			`spec.policyDefinitions[0].statements[0].actions.asPrepend.asn: Invalid value: "0": must be an AS number`,
			`spec.policyDefinitions[0].statements[0].actions.origin: `,
			`spec.policyDefinitions[0].statements[1].actions.med.value: Invalid value: "-1": must be within the 32 bits`,
			`spec.policyDefinitions[0].statements[1].actions.asPrepend.repeat: Invalid value: "256": must be at most 240`,
		}},
		{"own address on import", policy + `{actions: {nexthop: {self: true}}}]}]
global: {applyPolicy: {importPolicy: {policies: [p]}}}`, []string{
			`spec.policyDefinitions[0].statements[0].actions.nexthop.self: Invalid value: "true": cannot be done by an import policy`,
		}},
		{"own address on export", policy + `{actions: {nexthop: {self: true}}}]}]
global: {applyPolicy: {exportPolicy: {policies: [p]}}}`, nil},
		{"for IPv6 only", policy + `{conditions: {afiSafiIn: [ipv6-unicast]}, actions: {nexthop: {address: "2001:db8::1"}}}]}]`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var spec v1.BGPConfigurationSpec
			if err := yaml.UnmarshalStrict([]byte(tc.spec), &spec); err != nil {
				t.Fatal(err)
			}
			_, errs := policies(field.NewPath("spec"), &spec, nil)
			for i, wanted := range tc.wrong {
				if i >= len(errs) {
					t.Errorf("not said: %s", wanted)
				} else if said := errs[i].Error(); len(said) < len(wanted) || said[:len(wanted)] != wanted {
					t.Errorf("said %q, want %q", said, wanted)
				}
			}
			for _, more := range errs[min(len(tc.wrong), len(errs)):] {
				t.Errorf("said %q, too", more)
			}
		})
	}
}
