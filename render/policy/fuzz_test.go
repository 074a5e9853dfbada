package policy

import (
	"testing"

	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// FuzzCompile gives any policy to Check and Compile: neither panics, and what
// is compiled is well formed.
func FuzzCompile(f *testing.F) {
	for _, s := range sources(f) {
		text, err := yaml.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s source
		if yaml.Unmarshal(text, &s) != nil {
			return
		}
		s.Peer = "192.0.2.1" // not the policy's
		if s.Family != v1.IPv6Unicast {
			s.Family = v1.IPv4Unicast
		}
		Check(&v1.BGPConfigurationSpec{DefinedSets: s.DefinedSets, PolicyDefinitions: s.PolicyDefinitions, Global: v1.Global{ApplyPolicy: &s.ApplyPolicy}})
		m, problems := s.compile()
		if len(problems) > 0 {
			return
		}
		wellFormed(t, m)
	})
}

// FuzzPattern gives any text as a member of each type of set.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"65000:1", "^65000:.*$", "rt:65000:1", "soo:^1[.]", "1:2:3", "_65001_", `^\d+( \d+)*$`, "(^|a)b$|c{2,5}", "no-export", "| x", "[^0-9 ]_", "a\nb", "((a*)*)*", "^*", "[]a]", "(^6|_)_(_|$)"} {
		f.Add(s, uint32(65001))
	}
	f.Fuzz(func(t *testing.T, raw string, own uint32) {
		for _, kind := range []string{pathSet, communitySet, extSet, largeSet} {
			s := source{DefinedSets: []v1.DefinedSet{{Type: kind, Name: raw, List: []string{raw}}}}
			match := &v1.MatchSet{Name: raw}
			st := v1.Statement{Actions: v1.Actions{RouteAction: v1.Reject}}
			switch kind {
			case pathSet:
				st.Conditions.ASPathSet = match
			case communitySet:
				st.Conditions.CommunitySet = match
			case extSet:
				st.Conditions.ExtCommunitySet = match
			case largeSet:
				st.Conditions.LargeCommunitySet = match
			}
			s.PolicyDefinitions = []v1.PolicyDefinition{{Name: "p" + raw, Statements: []v1.Statement{st}}}
			s.ApplyPolicy.ExportPolicy = &v1.PolicyAssignment{Name: raw, Policies: []string{"p" + raw}}
			if m, problems := s.compile(); len(problems) == 0 {
				wellFormed(t, m)
			}
		}
	})
}
