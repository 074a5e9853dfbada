package view_test

import (
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/deploy/crd"
)

// PureLB's kubectl plugin (bgp sessions, bgp dataplane, status, inspect,
// validate) reads these fields, by name and of these types: what it does not
// find so, it takes for empty.
const (
	pluginReadsStatus = `
		string status.nodeName routerID lastUpdated
		integer heartbeatSeconds
		string neighbors.address state lastError description sessionUpSince
		integer neighbors.peerASN localASN prefixesSent prefixesReceived
		boolean netlinkImport.enabled
		string netlinkImport.interfaces.name operState
		boolean netlinkImport.interfaces.exists
		string netlinkImport.importedAddresses.address interface
		boolean netlinkImport.importedAddresses.inRIB
		string rib.localRoutes.prefix nextHop advertisedTo
		boolean netlinkExport.enabled
		string netlinkExport.rules.name
		integer netlinkExport.rules.metric tableID
		string netlinkExport.exportedRoutes.prefix table reason
		integer netlinkExport.exportedRoutes.metric
		boolean netlinkExport.exportedRoutes.installed
		string vrfs.name rd
		integer vrfs.importedRouteCount exportedRouteCount`
	pluginReadsConfiguration = `
		integer spec.global.asn
		string global.routerID
		boolean netlinkImport.enabled
		string netlinkImport.interfaceList
		string neighbors.config.neighborAddress
		integer neighbors.config.peerAsn
		object neighbors.nodeSelector
		object neighbors.nodeSelector.matchLabels`
)

func TestPureLBsPluginFindsWhatItReads(t *testing.T) {
	for root, tc := range map[string]struct {
		definition []byte
		reads      string
	}{"status": {crd.BGPNodeStatus, pluginReadsStatus}, "spec": {crd.BGPConfiguration, pluginReadsConfiguration}} {
		var definition apiextensions.CustomResourceDefinition
		if err := yaml.Unmarshal(tc.definition, &definition); err != nil {
			t.Fatal(err)
		}
		if v := definition.Spec.Versions[0]; v.Name != "v1" || definition.Spec.Group != "bgp.purelb.io" || !v.Served {
			t.Fatalf("%s %s", definition.Spec.Group, v.Name)
		}
		schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties[root]
		fields := 0
		for line := range strings.Lines(strings.TrimSpace(tc.reads)) {
			words := strings.Fields(line)
			first := strings.TrimPrefix(words[1], root+".")
			parent, name, nested := cutLast(first)
			for _, name := range append([]string{name}, words[2:]...) {
				path := name
				if nested {
					path = parent + "." + name
				}
				if got := typeOf(schema, strings.Split(path, ".")); got != words[0] {
					t.Errorf("%s.%s is of type %q, and the plugin reads %s", root, path, got, words[0])
				}
				fields++
			}
		}
		t.Logf("%d fields of %s", fields, root)
	}
	// The plugin asks for them by these names.
	for _, plural := range []string{"bgpnodestatuses", "configs"} {
		if !strings.Contains(string(crd.BGPNodeStatus)+string(crd.BGPConfiguration), "plural: "+plural) {
			t.Errorf("there is no resource %s", plural)
		}
	}
}

func cutLast(path string) (parent, name string, nested bool) {
	i := strings.LastIndex(path, ".")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// typeOf is the type of a field, or of the elements of a list.
func typeOf(s apiextensions.JSONSchemaProps, path []string) string {
	for s.Items != nil {
		s = *s.Items.Schema
	}
	if len(path) == 0 {
		return s.Type
	}
	p, ok := s.Properties[path[0]]
	if !ok {
		return ""
	}
	return typeOf(p, path[1:])
}
