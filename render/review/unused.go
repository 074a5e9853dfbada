package review

import (
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// unusedGroups finds peer groups that no neighbor and no range names.
func (r *review) unusedGroups() {
	used := map[string]bool{}
	for i := range r.spec.Neighbors {
		used[r.spec.Neighbors[i].Config.PeerGroup] = true
	}
	for _, d := range r.spec.DynamicNeighbors {
		used[d.PeerGroup] = true
	}
	for i := range r.spec.PeerGroups {
		if name := r.spec.PeerGroups[i].Config.Name; !used[name] {
			r.find(Warning, "UnusedPeerGroup", "spec.peerGroups["+strconv.Itoa(i)+"]", nil, "no neighbor and no range of dynamicNeighbors is in the peer group %s", name)
		}
	}
}

// unusedPolicies finds policies that no applyPolicy names.
func (r *review) unusedPolicies() {
	used := map[string]bool{}
	apply := func(a *v1.ApplyPolicy) {
		if a == nil {
			return
		}
		for _, chain := range []*v1.PolicyAssignment{a.ImportPolicy, a.ExportPolicy} {
			if chain != nil {
				for _, name := range chain.Policies {
					used[name] = true
				}
			}
		}
	}
	apply(r.spec.Global.ApplyPolicy)
	for i := range r.spec.Neighbors {
		apply(r.spec.Neighbors[i].ApplyPolicy)
	}
	for i := range r.spec.PeerGroups {
		apply(r.spec.PeerGroups[i].ApplyPolicy)
	}
	for i := range r.spec.PolicyDefinitions {
		if name := r.spec.PolicyDefinitions[i].Name; !used[name] {
			r.find(Warning, "UnusedPolicy", "spec.policyDefinitions["+strconv.Itoa(i)+"]", nil, "no applyPolicy names the policy %s", name)
		}
	}
}

// unusedSets finds sets that no condition names.
func (r *review) unusedSets() {
	type set struct{ kind, name string }
	used := map[set]bool{}
	for i := range r.spec.PolicyDefinitions {
		for k := range r.spec.PolicyDefinitions[i].Statements {
			c := &r.spec.PolicyDefinitions[i].Statements[k].Conditions
			for kind, m := range map[string]*v1.MatchSet{
				"prefix": c.PrefixSet, "neighbor": c.NeighborSet, "as-path": c.ASPathSet,
				"community": c.CommunitySet, "ext-community": c.ExtCommunitySet, "large-community": c.LargeCommunitySet,
			} {
				if m != nil {
					used[set{kind, m.Name}] = true
				}
			}
		}
	}
	for i := range r.spec.DefinedSets {
		if s := &r.spec.DefinedSets[i]; !used[set{s.Type, s.Name}] {
			r.find(Warning, "UnusedSet", "spec.definedSets["+strconv.Itoa(i)+"]", nil, "no condition of a policy names the %s set %s", s.Type, s.Name)
		}
	}
}
