package render

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// A node holds the passwords of its own sessions and nothing else of what
// Secrets and other nodes' neighbors hold.

// SecretUse is the part of a Secret that one session uses.
type SecretUse struct {
	Name string
	// Keys are the keys that may hold the password; the first that exists is used.
	Keys []string
}

// SecretUses returns what the sessions of a node use of which Secrets.
func SecretUses(c *v1.BGPConfiguration, node *corev1.Node) []SecretUse {
	var uses []SecretUse
	eachSession(c, node, func(address string, s *v1.SessionConfig, direct *v1.SecretKeyRef, on bool) {
		if ref := secretRef(s, direct); on && ref != nil && ref.Name != "" {
			uses = append(uses, SecretUse{ref.Name, secretKeys(ref, address)})
		}
	})
	return uses
}

// eachSession calls visit for every neighbor and peer group of a configuration.
// on reports whether the node runs a session with what the entry says. address
// is "" for a peer group.
func eachSession(c *v1.BGPConfiguration, node *corev1.Node, visit func(address string, s *v1.SessionConfig, direct *v1.SecretKeyRef, on bool)) {
	if c == nil {
		return
	}
	used := groupsUsed(c, node)
	for i := range c.Spec.PeerGroups {
		g := &c.Spec.PeerGroups[i]
		selected := false
		if node != nil {
			selected, _ = selects(g.NodeSelector, node)
		}
		visit("", &g.Config.SessionConfig, nil, selected && used[g.Config.Name])
		if selected {
			delete(used, g.Config.Name) // of groups of one name the first one is used
		}
	}
	for i := range c.Spec.Neighbors {
		n := &c.Spec.Neighbors[i]
		selected := false
		if node != nil {
			selected, _ = selects(n.NodeSelector, node)
		}
		visit(n.Config.NeighborAddress, &n.Config.SessionConfig, n.AuthPasswordSecretRef, selected)
	}
}

// groupsUsed are the names of the peer groups that a node's sessions belong to.
func groupsUsed(c *v1.BGPConfiguration, node *corev1.Node) map[string]bool {
	used := map[string]bool{}
	if node == nil {
		return used
	}
	for i := range c.Spec.Neighbors {
		n := &c.Spec.Neighbors[i]
		if selected, _ := selects(n.NodeSelector, node); selected && n.Config.PeerGroup != "" {
			used[n.Config.PeerGroup] = true
		}
	}
	for _, d := range c.Spec.DynamicNeighbors {
		used[d.PeerGroup] = true
	}
	return used
}

// narrow takes from the objects of a node the passwords that its sessions do
// not use.
func (o *Objects) narrow() {
	kept := map[string]map[string]Secret{}
	for _, use := range SecretUses(o.Configuration, o.Node) {
		values, exists := o.Secrets[use.Name]
		if !exists {
			continue
		}
		if kept[use.Name] == nil {
			kept[use.Name] = map[string]Secret{}
		}
		for _, key := range use.Keys {
			if value, has := values[key]; has {
				kept[use.Name][key] = value
				break
			}
		}
	}
	o.Secrets = kept
	o.Configuration = withoutUnused(o.Configuration, o.Node)
}

// withoutUnused returns a configuration without those passwords in it that no
// session of the node uses: the same configuration if it has none.
func withoutUnused(c *v1.BGPConfiguration, node *corev1.Node) *v1.BGPConfiguration {
	unused := func(s *v1.SessionConfig, direct *v1.SecretKeyRef, on bool) bool {
		return s.AuthPassword != "" && (!on || secretRef(s, direct) != nil)
	}
	found := false
	eachSession(c, node, func(_ string, s *v1.SessionConfig, direct *v1.SecretKeyRef, on bool) {
		found = found || unused(s, direct, on)
	})
	if !found {
		return c
	}
	narrowed := *c
	narrowed.Spec.PeerGroups = slices.Clone(c.Spec.PeerGroups)
	narrowed.Spec.Neighbors = slices.Clone(c.Spec.Neighbors)
	eachSession(&narrowed, node, func(_ string, s *v1.SessionConfig, direct *v1.SecretKeyRef, on bool) {
		if unused(s, direct, on) {
			s.AuthPassword = ""
		}
	})
	return &narrowed
}

// holdsPasswords reports whether a Secret of a type may hold passwords of
// sessions: one without a type, an Opaque one, one for basic authentication, and
// one of a type of this API's. What has another type was made for something else,
// such as a token, a certificate or a release, and an editor of a configuration
// need not be allowed to read it.
func holdsPasswords(kind corev1.SecretType) bool {
	switch kind {
	case "", corev1.SecretTypeOpaque, corev1.SecretTypeBasicAuth:
		return true
	}
	domain, _, _ := strings.Cut(string(kind), "/")
	return domain == v1.GroupVersion.Group
}
