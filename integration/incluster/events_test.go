//go:build linux

package incluster

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// mayTell is the right that Events need, besides what every agent has.
const mayTell = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: k8frr-agent-events, namespace: purelb-system}
rules:
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: k8frr-agent-events, namespace: purelb-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: k8frr-agent-events}
subjects: [{kind: ServiceAccount, name: k8frr-agent, namespace: purelb-system}]
`

// FRR is changed by hand. The configuration's Events tell of it, what is the same in one Event that counts. An agent that may
// write none says so in its log, and does all else.
func TestDriftEvents(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1")
	n := s.node("1", lab.FRR103, nil)
	n.frr.Start()
	ctx, cancel := s.deadline()
	defer cancel()
	token, err := s.server.ServiceAccountToken(ctx, s.namespace, "k8frr-agent")
	s.must(err)
	kubeconfig, err := s.server.KubeconfigFor(n.way.Config(s.server.ConfigForToken(token)))
	s.must(err)
	n.Start("agent", program, "--kubeconfig", kubeconfig, "--namespace", n.namespace, "--node-name", n.name, "--resync", "2s",
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir)
	s.must(s.apply(plain))
	n.established(heard)
	n.healthy()
	time.Sleep(3 * time.Second) // it is seen to run
	mark := heard.Mark()
	drift := func(description string) {
		t.Helper()
		logged := len(n.log())
		_, err := n.frr.Vtysh(ctx, "configure terminal", "router bgp 65000", "neighbor 192.0.2.1 description "+description)
		s.must(err)
		s.eventually("the drift is undone", func() bool { return strings.Contains(n.log()[logged:], "it is undone") })
		time.Sleep(2 * time.Second) // and seen to be
	}

	drift("untold")
	s.eventually("the log says that the Event is refused", func() bool { return strings.Contains(n.log(), "is forbidden") })
	if events := n.events(); len(events) != 0 {
		t.Errorf("Events without the right to write them: %v", events)
	}

	s.must(s.apply(mayTell))
	time.Sleep(time.Second)
	for range 3 {
		drift("drifted")
	}
	var event corev1.Event
	s.eventually("one Event counts three", func() bool {
		events := n.events()
		if len(events) == 1 {
			event = events[0]
		}
		return len(events) == 1 && event.Count == 3
	}, func() any { return n.events() })
	if event.Type != corev1.EventTypeWarning || event.Reason != "DriftUndone" || event.Source.Host != n.name || event.Source.Component != "k8frr-agent" ||
		event.InvolvedObject.Name != "default" || !strings.Contains(event.Message, "router bgp 65000 / neighbor 192.0.2.1 description drifted") {
		t.Errorf("the Event is %+v", event)
	}
	if described := s.kubectl("describe", "bgpconfig", "default"); !strings.Contains(described, "DriftUndone") || !strings.Contains(described, "description drifted") {
		t.Errorf("kubectl describe does not show it:\n%s", described)
	}
	s.quiet(heard, mark)
}

// events are those of the site's configuration.
func (s *site) events() []corev1.Event {
	s.Helper()
	var list corev1.EventList
	s.must(json.Unmarshal([]byte(s.kubectl("get", "events", "--field-selector", "involvedObject.kind=BGPConfiguration", "-o", "json")), &list))
	return list.Items
}
