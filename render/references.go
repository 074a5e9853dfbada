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

// Interfaces returns the names and globs of the interfaces that a configuration
// speaks of, sorted: those that it imports from, and VRF devices.
func Interfaces(c *v1.BGPConfiguration) []string {
	if c == nil {
		return nil
	}
	var names []string
	if d := c.Spec.NetlinkImport; d != nil && d.Enabled {
		names = append(names, d.InterfaceList...)
	}
	if d := c.Spec.NetlinkExport; d != nil && d.Enabled {
		for _, rule := range d.Rules {
			names = append(names, rule.VRF)
		}
	}
	for i := range c.Spec.VRFs {
		v := &c.Spec.VRFs[i]
		names = append(names, deviceOf(v))
		if d := v.NetlinkImport; d != nil && d.Enabled {
			names = append(names, d.InterfaceList...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}
