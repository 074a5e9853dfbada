package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Declared is every object that the user declared, whichever node it is for.
type Declared struct {
	Configurations []*v1.BGPConfiguration
	Nodes          []*corev1.Node
	Secrets        []*corev1.Secret
	// More is set if there are more BGPConfigurations than these.
	More bool
	// SecretSelector limits the Secrets that may hold passwords, by their labels.
	// Nil and an empty selector select all.
	SecretSelector labels.Selector
}

// For picks what concerns the node with a name: its Node object, the
// configuration that Choose finds in the namespace, and the passwords of the
// sessions that this node runs. Without a name it picks what concerns any node,
// all Secrets that the configuration names.
func (d Declared) For(node, namespace, configuration string) Objects {
	o := Objects{Secrets: map[string]map[string]Secret{}}
	if i := slices.IndexFunc(d.Nodes, func(n *corev1.Node) bool { return n.Name == node }); i >= 0 {
		o.Node = d.Nodes[i]
	}
	var candidates []*v1.BGPConfiguration
	for _, c := range d.Configurations {
		if c.Namespace == namespace {
			candidates = append(candidates, c)
		}
	}
	o.Configuration, o.Ignored = Choose(candidates, configuration)
	if o.MoreIgnored = d.More; d.More && o.Configuration != nil && o.Configuration.Name != configuration {
		o.Configuration, o.Ignored = nil, append(o.Ignored, o.Configuration.Name)
	}
	names := SecretNames(o.Configuration)
	limited := d.SecretSelector != nil && !d.SecretSelector.Empty()
	if limited {
		o.SecretSelector = d.SecretSelector.String()
	}
	for _, s := range d.Secrets {
		switch {
		case s.Namespace != namespace || !slices.Contains(names, s.Name):
		case limited && !d.SecretSelector.Matches(labels.Set(s.Labels)):
			if o.UnselectedSecrets == nil {
				o.UnselectedSecrets = map[string]bool{}
			}
			o.UnselectedSecrets[s.Name] = true
		case !holdsPasswords(s.Type):
			if o.UnfitSecrets == nil {
				o.UnfitSecrets = map[string]string{}
			}
			o.UnfitSecrets[s.Name] = string(s.Type)
		default:
			o.Secrets[s.Name] = secretValues(s)
		}
	}
	if node != "" {
		o.narrow()
	}
	return o
}

// Choose returns the configuration to use and the sorted names of the others:
//
//	the one with the preferred name is there   that one
//	it is not, but exactly one other is        the other
//	it is not, and several others are          none of them: nobody could tell
//	                                           which one was meant
func Choose(candidates []*v1.BGPConfiguration, preferred string) (chosen *v1.BGPConfiguration, ignored []string) {
	i := slices.IndexFunc(candidates, func(c *v1.BGPConfiguration) bool { return c.Name == preferred })
	if i < 0 && len(candidates) == 1 {
		i = 0
	}
	for j, c := range candidates {
		if i == j {
			chosen = c
		} else {
			ignored = append(ignored, c.Name)
		}
	}
	slices.Sort(ignored)
	return chosen, ignored
}

func secretValues(s *corev1.Secret) map[string]Secret {
	values := make(map[string]Secret, len(s.Data))
	for key, value := range s.Data {
		values[key] = NewSecret(string(value))
	}
	return values
}
