package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/api/schema"
)

func TestAnUnknownFieldHasASuggestion(t *testing.T) {
	for field, want := range map[string]string{
		"spec: {gloabl: {}}":                                       "global",
		"spec: {global: {routerId: x}}":                            "routerID",
		"spec: {neighbors: [{config: {peerASN: 1}}]}":              "peerAsn",
		"spec: {neighbors: [{timer: {}}]}":                         "timers",
		"spec: {neighbors: [{config: {holdTime: 9}}]}":             "spec.neighbors.timers.holdTime",
		"spec: {neighbors: [{holdTime: 9}]}":                       "timers.holdTime",
		"spec: {neighbors: [{passivMode: true}]}":                  "transport.passiveMode",
		"neighbors: []":                                            "spec.neighbors",
		"spec: {neighbors: [{config: {completelyMadeUp: hello}}]}": "",
	} {
		err := schema.Check(object(t, "{apiVersion: bgp.purelb.io/v1, kind: BGPConfiguration, metadata: {name: default}, "+field+"}"))
		var problems schema.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%s: %v", field, err)
		}
		_, got, _ := strings.Cut(problems[0].Message, ", did you mean ")
		if got = strings.TrimSuffix(got, "?"); got != want {
			t.Errorf("%s: %q, want %q", field, problems[0].Message, want)
		}
	}
}
