package cluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// TestLargestObjectsAreAccepted creates objects of nearly 1.5 MB that are as wide as the schema lets them be in one place: the
// rules of the definition cost less than the API server allows for one request.
func TestLargestObjectsAreAccepted(t *testing.T) {
	p := newPart(t, server)
	families := []v1.AfiSafi{{Family: "ipv4-unicast"}, {Family: "ipv6-unicast"}}
	hold := uint32(90)
	wide := map[string]func(c *v1.BGPConfiguration, i int){
		"neighbors": func(c *v1.BGPConfiguration, i int) {
			c.Spec.Neighbors = append(c.Spec.Neighbors, v1.Neighbor{
				Config:   v1.NeighborConfig{NeighborAddress: fmt.Sprintf("2001:db8:1111:2222:3333:4444:5555:%x", i), PeerASN: 65001, Description: strings.Repeat("x", 900)},
				Timers:   &v1.Timers{TimersConfig: v1.TimersConfig{HoldTime: &hold}, Config: &v1.TimersConfig{HoldTime: &hold}},
				AfiSafis: families,
			})
		},
		"peer-groups": func(c *v1.BGPConfiguration, i int) {
			if i < 256 {
				c.Spec.PeerGroups = append(c.Spec.PeerGroups, v1.PeerGroup{
					Config: v1.PeerGroupConfig{Name: fmt.Sprint("g", i), PeerASN: 65001, Description: strings.Repeat("x", 4000)}, AfiSafis: families})
			}
		},
		"policies": func(c *v1.BGPConfiguration, i int) {
			if i < 256 {
				d := v1.PolicyDefinition{Name: fmt.Sprint("p", i)}
				for range 80 {
					d.Statements = append(d.Statements, v1.Statement{Actions: v1.Actions{RouteAction: v1.Accept, LocalPref: 100}})
				}
				c.Spec.PolicyDefinitions = append(c.Spec.PolicyDefinitions, d)
			}
		},
		"sets": func(c *v1.BGPConfiguration, i int) {
			if i < 256 {
				d := v1.DefinedSet{Type: "prefix", Name: fmt.Sprint("s", i)}
				for j := range 128 {
					d.Prefixes = append(d.Prefixes, v1.Prefix{IPPrefix: fmt.Sprintf("10.%d.%d.0/24", i, j)})
				}
				c.Spec.DefinedSets = append(c.Spec.DefinedSets, d)
			}
		},
		"vrfs": func(c *v1.BGPConfiguration, i int) {
			if i < 256 {
				v := v1.VRF{Name: fmt.Sprint("v", i), RD: fmt.Sprintf("65000:%d", i+1)}
				for j := range 200 {
					v.ImportRT = append(v.ImportRT, fmt.Sprintf("65000:%d", j))
				}
				c.Spec.VRFs = append(c.Spec.VRFs, v)
			}
		},
	}
	for name, add := range wide {
		t.Run(name, func(t *testing.T) {
			c := p.configuration(name, 65000)
			for i := range 1024 {
				add(c, i)
			}
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes", len(text))
			if _, err := p.admin.BGPConfigurations(p.namespace).Create(t.Context(), c, metav1.CreateOptions{}); err != nil {
				t.Errorf("%d bytes are refused: %.1000v", len(text), err)
			}
		})
	}
}
