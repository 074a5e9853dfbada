package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/render/review"
)

func node(name, rack, address string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"rack": rack}}}
	if address != "" {
		n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address}}
	}
	return n
}

var nodes = []*corev1.Node{node("a1", "a", "10.0.0.1"), node("a2", "a", "10.0.0.2"), node("b1", "b", "10.0.0.3")}

func findings(t *testing.T, spec string, nodes []*corev1.Node) []string {
	t.Helper()
	c := &v1.BGPConfiguration{}
	if err := yaml.UnmarshalStrict([]byte(spec), &c.Spec); err != nil {
		t.Fatal(err)
	}
	if c.Spec.Global.ASN == 0 {
		c.Spec.Global.ASN = 65000
	}
	if c.Spec.NetlinkImport == nil {
		c.Spec.NetlinkImport = &v1.NetlinkImport{Enabled: true, InterfaceList: []string{"kube-lb0"}}
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fleet.Of(fleet.Input{Nodes: nodes, Renderer: renderer, Common: render.Input{
		Objects: render.Objects{Configuration: c}, Dialect: render.FRR10}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, found := range review.Of(c, nodes, f) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", found.Severity, found.Rule, found.Field, strings.Join(found.Nodes, ","))))
	}
	return got
}

func TestFindings(t *testing.T) {
	for name, tc := range map[string]struct {
		spec  string
		nodes []*corev1.Node
		want  []string
	}{
		"nothing": {"", nodes, nil},
		"all is used": {`
peerGroups: [{config: {peerGroupName: g, peerAsn: 65001}, applyPolicy: {importPolicy: {policies: [p]}}}, {config: {peerGroupName: ranges, peerAsn: 65001}}]
neighbors: [{config: {neighborAddress: 192.0.2.1, peerGroup: g}, nodeSelector: {matchLabels: {rack: b}}}]
dynamicNeighbors: [{prefix: 10.3.0.0/24, peerGroup: ranges}]
policyDefinitions: [{name: p, statements: [{conditions: {prefixSet: {name: s}}}]}]
definedSets: [{type: prefix, name: s, prefixes: [{ipPrefix: 10.0.0.0/8}]}]`, nodes, nil},
		"used by a policy that nobody uses": {`
policyDefinitions: [{name: p, statements: [{conditions: {communitySet: {name: s}}}]}]
definedSets: [{type: community, name: s, list: ["1:1"]}, {type: prefix, name: s, prefixes: [{ipPrefix: 10.0.0.0/8}]}]`, nodes,
			[]string{"warning UnusedSet spec.definedSets[1]", "warning UnusedPolicy spec.policyDefinitions[0]"}},
		"selectors": {`
peerGroups: [{config: {peerGroupName: g, peerAsn: 65001}, nodeSelector: {matchLabels: {rack: z}}}]
neighbors:
- {config: {neighborAddress: 192.0.2.1, peerAsn: 65001}, nodeSelector: {matchLabels: {rack: z}}}
- {config: {neighborAddress: 192.0.2.2, peerGroup: g}, nodeSelector: {matchLabels: {rack: b}}}
- {config: {neighborAddress: 192.0.2.3, peerAsn: 65001}, nodeSelector: {}}`, nodes, []string{
			"warning NoNodeSelected spec.neighbors[0].nodeSelector",
			"warning NoPeerGroup spec.neighbors[1].config.peerGroup b1",
			"warning NoNodeSelected spec.peerGroups[0].nodeSelector",
		}},
		"no nodes, no selectors": {`neighbors: [{config: {neighborAddress: 192.0.2.1, peerAsn: 65001}, nodeSelector: {matchLabels: {rack: z}}}]`, nil, nil},
		"the same twice": {`
neighbors:
- {config: {neighborAddress: "2001:db8::1", peerAsn: 65001}, nodeSelector: {matchLabels: {rack: a}}}
- {config: {neighborAddress: "2001:db8:0::1", peerAsn: 65001}}
- {config: {neighborAddress: "2001:db8::1", peerAsn: 65002}, nodeSelector: {matchLabels: {rack: b}}}`, nodes, []string{
			"warning Duplicate spec.neighbors[1] a1,a2",
			"error Contradiction spec.neighbors[2] b1",
		}},
		"one router ID": {`global: {asn: 65000, routerID: 10.0.0.9}`, nodes, []string{"error SameRouterID spec.global.routerID a1,a2,b1"}},
		"one address":   {"", append(slices.Clone(nodes), node("c1", "c", "10.0.0.3")), []string{"error SameRouterID  b1,c1"}},
		"no router ID":  {`global: {asn: 65000, routerID: "${NODE_IP}"}`, append(slices.Clone(nodes), node("c1", "c", "")), []string{"error NoRouterID  c1"}},
		"no Secret": {`neighbors: [{config: {neighborAddress: 192.0.2.1, peerAsn: 65001, authPasswordSecretRef: {name: s}}, nodeSelector: {matchLabels: {rack: b}}}]`, nodes,
			[]string{"warning SecretMissing spec.neighbors[0].config.authPasswordSecretRef b1"}},
		"in order": {`
neighbors:` + strings.Repeat("\n- {config: {neighborInterface: eth0, peerAsn: 65001}, nodeSelector: {matchLabels: {rack: z}}}", 11), nodes, func() []string {
			var want []string
			for i := range 11 {
				want = append(want, fmt.Sprintf("warning NoNodeSelected spec.neighbors[%d].nodeSelector", i))
			}
			return want
		}()},
		"nothing announced": {`
netlinkImport: {enabled: false}
neighbors: [{config: {neighborAddress: 192.0.2.1, peerAsn: 65001}}]`, nodes, []string{"warning NothingAnnounced spec.netlinkImport"}},
		"announced in a VRF": {`
netlinkImport: {enabled: false}
vrfs: [{name: blue, netlinkImport: {enabled: true, interfaceList: [lb]}}]
neighbors: [{config: {neighborAddress: 192.0.2.1, peerAsn: 65001}}]`, nodes, nil},
		"link-local twice, and no neighbor at all": {`
neighbors:
- {config: {neighborAddress: "fe80::1%eth0", peerAsn: 65001}}
- {config: {neighborAddress: "fe80::1%eth1", peerAsn: 65001}}
- {config: {neighborAddress: 127.0.0.1, peerAsn: 65001}}
- {config: {neighborAddress: 10.0.0.3, peerAsn: 65000}}`, nodes, []string{
			"error SameLinkLocal spec.neighbors[1].config.neighborAddress",
			"error NoPeerAddress spec.neighbors[2].config.neighborAddress",
			"warning LocalAddress spec.neighbors[3].config.neighborAddress b1"}},
		"learned routes leave": {`
policyDefinitions: [{name: all, statements: [{actions: {routeAction: accept}}]}, {name: marks, statements: [{actions: {med: {type: replace, value: 1}}}]}]
neighbors:
- {config: {neighborAddress: 192.0.2.1, peerAsn: 65001}, applyPolicy: {exportPolicy: {policies: [all]}}}
- {config: {neighborAddress: 192.0.2.2, peerAsn: 65001}, applyPolicy: {exportPolicy: {policies: [marks]}}}`, nodes, []string{
			"warning AnnouncesLearned spec.neighbors[0].applyPolicy.exportPolicy"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, findings(t, tc.spec, tc.nodes)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
