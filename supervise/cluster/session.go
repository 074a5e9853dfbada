package cluster

import (
	"context"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// session is the watches of one call of Watch, whose goroutine alone uses it.
type session struct {
	*Cluster
	ctx     context.Context
	cancel  context.CancelFunc
	changed func()
	running sync.WaitGroup

	nodes          *mirror[*corev1.Node]
	configurations *mirror[*v1.BGPConfiguration]
	candidates     *candidates
	secrets        map[string]*secretWatch
}

type secretWatch struct {
	*mirror[*corev1.Secret]
	keys []string
	stop context.CancelFunc
}

func newSession(ctx context.Context, c *Cluster, changed func()) *session {
	s := &session{Cluster: c, changed: changed, secrets: map[string]*secretWatch{}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.nodes = &mirror[*corev1.Node]{trim: trimNode, changed: changed}
	s.configurations = &mirror[*v1.BGPConfiguration]{trim: c.trimConfiguration, changed: changed}
	s.running.Go(func() { follow(s.ctx, c.client.Nodes(), selection{name: c.NodeName}, s.nodes) })
	s.candidates = &candidates{client: c.client.BGPConfigurations(c.Namespace), preferred: c.ConfigurationName}
	s.running.Go(func() { follow(s.ctx, s.candidates, selection{}, s.configurations) })
	return s
}

// end stops all watches and waits for them.
func (s *session) end() {
	s.cancel()
	s.running.Wait()
}

// look composes what the mirrors hold. A configuration whose Secrets are still
// being fetched is not shown: without them its sessions would be torn down,
// only to come up again a moment later.
func (s *session) look() *observation {
	before := s.current.Load()
	now := &observation{synced: before.synced, objects: before.objects, warnings: s.warnings()}

	configurations, ok := s.configurations.list()
	if !ok {
		return now
	}
	nodes, ok := s.nodes.list()
	if !ok {
		return now
	}
	declared := render.Declared{Configurations: configurations, Nodes: nodes, More: s.candidates.others(), SecretSelector: s.SecretSelector}
	chosen, _ := render.Choose(configurations, s.ConfigurationName)
	if chosen != nil && declared.More && chosen.Name != s.ConfigurationName {
		chosen = nil
	}
	wanted := secretsOf(chosen, nodes, s.NodeName)
	s.watchSecrets(wanted)
	now.warnings = s.warnings()

	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		secrets, ok := s.secrets[name].list()
		if !ok {
			return now
		}
		declared.Secrets = append(declared.Secrets, secrets...)
	}
	now.synced, now.objects = true, declared.For(s.NodeName, s.Namespace, s.ConfigurationName)
	return now
}

// secretsOf are the keys of Secrets that the sessions of a node may use, sorted, by the name of the Secret.
func secretsOf(c *v1.BGPConfiguration, nodes []*corev1.Node, name string) map[string][]string {
	wanted := map[string][]string{}
	i := slices.IndexFunc(nodes, func(n *corev1.Node) bool { return n.Name == name })
	if i < 0 {
		return wanted
	}
	for _, use := range render.SecretUses(c, nodes[i]) {
		wanted[use.Name] = append(wanted[use.Name], use.Keys...)
	}
	for name, keys := range wanted {
		slices.Sort(keys)
		wanted[name] = slices.Compact(keys)
	}
	return wanted
}

// watchSecrets watches exactly these keys of the Secrets with these names, each
// by a watch of its own: the only kind that RBAC can limit to names.
func (s *session) watchSecrets(wanted map[string][]string) {
	for name, watch := range s.secrets {
		if keys, still := wanted[name]; !still || !slices.Equal(keys, watch.keys) {
			watch.stop()
			delete(s.secrets, name)
		}
	}
	for name, keys := range wanted {
		if s.secrets[name] != nil {
			continue
		}
		ctx, stop := context.WithCancel(s.ctx)
		watch := &secretWatch{&mirror[*corev1.Secret]{trim: trimSecret(keys), changed: s.changed, refusable: true}, keys, stop}
		s.secrets[name] = watch
		s.running.Go(func() { follow(ctx, s.client.Secrets(s.Namespace), selection{name, s.SecretSelector}, watch.mirror) })
	}
}

// warnings are what the server says to each watch that fails.
func (s *session) warnings() []string {
	var sentences []string
	add := func(what string, err error) {
		if err != nil {
			sentences = append(sentences, what+" cannot be read: "+err.Error())
		}
	}
	add("Node "+s.NodeName, s.nodes.failure())
	add("BGPConfigurations in "+s.Namespace, s.configurations.failure())
	for _, name := range slices.Sorted(maps.Keys(s.secrets)) {
		add("Secret "+s.Namespace+"/"+name, s.secrets[name].failure())
	}
	return sentences
}
