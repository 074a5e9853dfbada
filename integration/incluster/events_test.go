//go:build linux

package incluster

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/status/report"
)

// FRR is changed manually. The configuration's Events report it, equal ones as one Event with a count. An agent that may
// write none says so in its log, and does all else.
func TestDriftEvents(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1")
	n := s.node("1", lab.FRR103, nil)
	s.kubectl("delete", "rolebinding", "k8frr-agent-events")
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
	n.looks(2) // it is seen to run
	mark := heard.Mark()
	drift := func(description string) {
		t.Helper()
		logged := len(n.log())
		_, err := n.frr.Vtysh(ctx, "configure terminal", "router bgp 65000", "neighbor 192.0.2.1 description "+description)
		s.must(err)
		s.eventually("the drift is undone", func() bool { return strings.Contains(n.log()[logged:], "it is undone") })
		n.looks(2) // and seen to be
	}

	drift("untold")
	s.eventually("the log says that the Event is refused", func() bool { return strings.Contains(n.log(), "is forbidden") })
	if events := n.events(); len(events) != 0 {
		t.Errorf("Events without the right to write them: %v", events)
	}

	s.must(s.apply(permissions))
	time.Sleep(time.Second)
	for range 3 {
		drift("drifted")
	}
	var event corev1.Event
	s.eventually("one Event counts three", func() bool {
		events := slices.DeleteFunc(n.events(), func(e corev1.Event) bool { return e.Reason != "DriftUndone" })
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

// A session that flaps all night fills neither the cluster's Events nor those of the other sessions.
func TestFlappingSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	ctx, cancel := s.deadline()
	defer cancel()
	name := s.names.Replace("worker-9")
	events := report.NewEvents(ctx, s.admin, name, func() types.UID { return "" })
	for i := range 200 {
		events.OnNode("10.1.0.1", corev1.EventTypeWarning, "SessionDown", fmt.Sprintf("the session with 10.1.0.1 is down: try %d", i%20))
		if i%20 == 0 {
			time.Sleep(10 * time.Millisecond) // the recorder drops what comes faster than it can look at
		}
	}
	told := map[string]int32{}
	var last time.Time
	s.eventually("the other session and the generation are told of", func() bool {
		if time.Since(last) > 5*time.Second { // again, if a recorder that was late has dropped them
			last = time.Now()
			events.OnNode("10.1.0.2", corev1.EventTypeWarning, "SessionDown", "the session with 10.1.0.2 is down")
			events.OnNode("", corev1.EventTypeNormal, "Applied", "generation 7 runs")
		}
		list, err := s.admin.Events("default").List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.kind=Node,involvedObject.name=" + name})
		s.must(err)
		clear(told)
		for _, e := range list.Items {
			told[e.Reason+" "+e.Annotations["bgp.purelb.io/subject"]] += e.Count
		}
		return told["SessionDown 10.1.0.2"] > 0 && told["Applied "] > 0
	}, func() any { return told })
	var flaps int32
	for what, count := range told {
		if strings.HasPrefix(what, "SessionDown") && what != "SessionDown 10.1.0.2" {
			flaps += count
		}
	}
	if flaps == 0 || flaps > 2*10 { // a burst of them as they are, and one of what is combined of them
		t.Errorf("of 200 flaps %d were written: %v", flaps, told)
	}
}

// events are those of the site's configuration.
func (s *site) events() []corev1.Event {
	s.Helper()
	var list corev1.EventList
	s.must(json.Unmarshal([]byte(s.kubectl("get", "events", "--field-selector", "involvedObject.kind=BGPConfiguration", "-o", "json")), &list))
	return list.Items
}
