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
	secrets        map[string]*secretWatch
}

type secretWatch struct {
	*mirror[*corev1.Secret]
	stop context.CancelFunc
}

func newSession(ctx context.Context, c *Cluster, changed func()) *session {
	s := &session{Cluster: c, changed: changed, secrets: map[string]*secretWatch{}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.nodes = &mirror[*corev1.Node]{trim: trimNode, changed: changed}
	s.configurations = &mirror[*v1.BGPConfiguration]{trim: c.trimConfiguration, changed: changed}
	s.running.Go(func() { follow(s.ctx, c.client.Nodes(), c.NodeName, s.nodes) })
	s.running.Go(func() { follow(s.ctx, c.client.BGPConfigurations(c.Namespace), "", s.configurations) })
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
	chosen, _ := render.Choose(configurations, s.ConfigurationName)
	names := render.SecretNames(chosen)
	s.watchSecrets(names)
	now.warnings = s.warnings()

	declared := render.Declared{Configurations: configurations}
	if declared.Nodes, ok = s.nodes.list(); !ok {
		return now
	}
	for _, name := range names {
		secrets, ok := s.secrets[name].list()
		if !ok {
			return now
		}
		declared.Secrets = append(declared.Secrets, secrets...)
	}
	now.synced, now.objects = true, declared.For(s.NodeName, s.Namespace, s.ConfigurationName)
	return now
}

// watchSecrets has exactly the Secrets with these names watched, each by a
// watch of its own: the only kind that RBAC can limit to names.
func (s *session) watchSecrets(names []string) {
	for name, watch := range s.secrets {
		if !slices.Contains(names, name) {
			watch.stop()
			delete(s.secrets, name)
		}
	}
	for _, name := range names {
		if s.secrets[name] != nil {
			continue
		}
		ctx, stop := context.WithCancel(s.ctx)
		watch := &secretWatch{&mirror[*corev1.Secret]{trim: trimSecret, changed: s.changed, refusable: true}, stop}
		s.secrets[name] = watch
		s.running.Go(func() { follow(ctx, s.client.Secrets(s.Namespace), name, watch.mirror) })
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
