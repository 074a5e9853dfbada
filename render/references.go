package render

import (
	"maps"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// SecretNames returns the names of the Secrets that a configuration refers to,
// sorted: the only ones that an agent may read.
func SecretNames(c *v1.BGPConfiguration) []string {
	names := map[string]bool{}
	add := func(refs ...*v1.SecretKeyRef) {
		for _, ref := range refs {
			if ref != nil && ref.Name != "" {
				names[ref.Name] = true
			}
		}
	}
	if c != nil {
		for _, n := range c.Spec.Neighbors {
			add(n.AuthPasswordSecretRef, n.Config.AuthPasswordSecretRef)
		}
		for _, g := range c.Spec.PeerGroups {
			add(g.Config.AuthPasswordSecretRef)
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// ImportPatterns returns the interface names and globs that a configuration
// imports from, sorted.
func ImportPatterns(c *v1.BGPConfiguration) []string {
	if c == nil || c.Spec.NetlinkImport == nil || !c.Spec.NetlinkImport.Enabled {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(c.Spec.NetlinkImport.InterfaceList)))
}
