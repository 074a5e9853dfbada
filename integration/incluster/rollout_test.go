//go:build linux

package incluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
)

// A rollout over two nodes, as kubectl and what asks like kubectl see it: it ends when both run it, it fails when FRR refuses
// it on one, and it goes on being told when the agent that tells dies.
func TestRollout(t *testing.T) {
	t.Parallel()
	s := newSite(t, apiserver.Start(t)) // whose nodes are all of this test
	ctx, cancel := s.deadline()
	defer cancel()
	s.must(s.server.ApplyCRDs(ctx, definitions))
	s.router("192.0.2.1")
	s.router("192.0.2.2")
	a, b := s.node("1", lab.FRR84, nil), s.node("2", lab.FRR103, nil)
	a.flags = append(a.flags, a.Refusing()...)
	a.start()
	b.start()
	config := edit(t, plain, "asn: 65000", "asn: 65000, nodeStatus: {heartbeatSeconds: 10}")
	s.must(s.apply(config))
	// A node that has not reported yet is nobody's to wait for.
	s.folded("both nodes are known", func(c v1.BGPConfigurationStatus) bool { return c.Rollout == "2/2" })
	s.rolledOut("1", a, b)
	s.folded("sessions are counted", func(c v1.BGPConfigurationStatus) bool {
		return c.Rollout == "2/2" && c.Sessions == "2/2" && c.EstablishedNeighbors == 2 && c.RouterIDSource == "node-ipv4" && len(c.Problems) == 0
	})
	columns := s.kubectl("get", "configs")
	t.Logf("kubectl get configs\n%s", columns)
	header, line, _ := strings.Cut(columns, "\n")
	if got, want := strings.Join(strings.Fields(header), " "), "NAME ASN ROUTERID NEIGHBORS NODES SESSIONS READY REASON AGE"; got != want {
		t.Errorf("columns %q, not %q", got, want)
	}
	if got, want := strings.Join(strings.Fields(line)[:7], " "), "default 65000 1 2/2 2/2 True ReconcileSuccess"; got != want {
		t.Errorf("line %q, not %q", got, want)
	}
	s.kubectl("patch", "configs", "default", "--subresource=status", "--type=merge", "-p", `{"status":{"rollout":"9/9","conditions":[]}}`)
	s.folded("what somebody else has written is undone", func(c v1.BGPConfigurationStatus) bool { return c.Rollout == "2/2" && len(c.Conditions) > 0 })
	before := s.kubectl("get", "configs", "default", "-o", "jsonpath={.metadata.resourceVersion}")
	time.Sleep(12 * time.Second) // in which both nodes write
	if now := s.kubectl("get", "configs", "default", "-o", "jsonpath={.metadata.resourceVersion}"); now != before {
		t.Error("nothing happened, and the status of the configuration was written")
	}

	// FRR refuses it on worker-1, whose templates add to it, and on the other node it is a neighbor as any.
	bad := config + "  - config: {neighborAddress: 192.0.2.99, peerAsn: 65001, description: refused}\n"
	s.must(s.apply(bad))
	c := s.folded("the rollout has failed", func(c v1.BGPConfigurationStatus) bool {
		r := meta.FindStatusCondition(c.Conditions, "Ready")
		return r != nil && r.Status == "False" && r.Reason == "ReconcileFailed" && r.ObservedGeneration == 2 && len(c.Problems) > 0 && c.Rollout == "1/2"
	})
	if p := c.Problems[0]; p.Node != a.name || p.Reason != "RefusedInPart" || !strings.Contains(p.Message, "spec.neighbors[1]") {
		t.Errorf("the first problem is %+v", p)
	}
	if out, err := s.server.Kubectl(ctx, "-n", s.namespace, "wait", "--for=condition=Ready", "configs/default", "--timeout=2s"); err == nil {
		t.Errorf("kubectl wait takes a failed rollout for one that is done: %s", out)
	}
	s.eventually("kubectl describe tells of it", func() bool {
		return strings.Contains(s.kubectl("describe", "bgpconfig", "default"), "Refused")
	})
	s.eventually("and of what it was before", func() bool {
		events := s.kubectl("get", "events", "--field-selector", "reason=Applied,involvedObject.kind=BGPConfiguration", "-o", "jsonpath={.items[*].message}")
		return strings.Contains(events, "Generation 1 runs on ")
	})
	s.eventually("the Nodes have Events, too", func() bool {
		out, err := s.server.Kubectl(ctx, "-n", "default", "get", "events", "-o", "jsonpath={range .items[*]}{.involvedObject.name} {.reason}{'\\n'}{end}")
		s.must(err)
		return strings.Contains(out, a.name+" Refused") && strings.Contains(out, a.name+" SessionUp") && strings.Contains(out, b.name+" Applied")
	})

	first, second := a, b
	if s.holder() == b.name {
		first, second = b, a
	}
	first.endAgent(syscall.SIGKILL)
	took := s.eventually("the other agent holds the Lease", func() bool { return s.holder() == second.name })
	t.Logf("the holder was killed: the other agent held the Lease after %v, which was for 6s", took)
	first.startAgent()
	s.must(s.apply(config))
	s.rolledOut("3", a, b)

	second.endAgent(syscall.SIGTERM)
	took = s.eventually("the first agent holds the Lease", func() bool { return s.holder() == first.name })
	t.Logf("the holder was ended: the other agent held the Lease after %v", took)
	s.folded("the agent that ended is not waited for", func(c v1.BGPConfigurationStatus) bool {
		return c.Nodes.Stale == 1 && c.Rollout == "1/1" && len(c.Problems) == 1 && c.Problems[0].Reason == "Stale"
	})
}

// rolledOut waits as a user would, and makes sure that it is so.
func (s *site) rolledOut(generation string, nodes ...*node) {
	s.Helper()
	began := time.Now()
	s.kubectl("wait", "--for=condition=Ready", "configs/default", "--timeout=4m")
	s.Logf("kubectl wait returned after %v", time.Since(began).Round(time.Millisecond))
	for _, n := range nodes {
		o := n.object()
		if o == nil {
			s.Fatalf("%s has no status", n.name)
		}
		if c := conditionOf(&o.Status, "ConfigurationApplied"); c.Status != "True" || fmt.Sprint(c.ObservedGeneration) != generation {
			s.Errorf("kubectl wait has returned, and %s says %+v", n.name, c)
		}
	}
}

// folded waits until the status of the configuration is as it should be.
func (s *site) folded(what string, so func(v1.BGPConfigurationStatus) bool) v1.BGPConfigurationStatus {
	s.Helper()
	var c v1.BGPConfiguration
	s.eventually(what, func() bool {
		c = v1.BGPConfiguration{}
		s.must(json.Unmarshal([]byte(s.kubectl("get", "configs", "default", "-o", "json")), &c))
		return so(c.Status)
	}, func() any { return fmt.Sprintf("%+v", c.Status) })
	return c.Status
}

func (s *site) holder() string {
	s.Helper()
	return s.kubectl("get", "lease", "k8frr-status", "-o", "jsonpath={.spec.holderIdentity}")
}
