//go:build linux

package incluster

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
)

// node is a machine with FRR and the agent.
type node struct {
	*lab.Host
	*site
	name    string // of the Node
	address string
	frr     *lab.FRR
	flags   []string         // of the agent, besides those that each has
	way     *apiserver.Proxy // to the API server
}

// start starts FRR, and the agent.
func (n *node) start() {
	n.Helper()
	n.frr.Start()
	n.startAgent()
}

// startAgent starts the agent with the rights of its ServiceAccount, by way of the node's proxy.
func (n *node) startAgent() {
	n.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	token, err := n.server.ServiceAccountToken(ctx, n.namespace, "k8frr-agent")
	n.must(err)
	kubeconfig, err := n.server.KubeconfigFor(n.way.Config(n.server.ConfigForToken(token)))
	n.must(err)
	n.startAgentWith(kubeconfig)
}

func (n *node) startAgentWith(kubeconfig string) {
	n.Helper()
	command := append([]string{program, "--kubeconfig", kubeconfig, "--namespace", n.namespace, "--node-name", n.name,
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir, "--lease-duration", "6s"}, n.flags...)
	n.Start("agent", command...)
}

func (n *node) endAgent(sig syscall.Signal) {
	n.Helper()
	n.Kill("agent", sig)
}

// log is what the agent has written so far.
func (n *node) log() string {
	n.Helper()
	text, err := os.ReadFile(n.Process("agent").Log)
	n.must(err)
	return string(text)
}

// get asks the agent by HTTP on the node's own loopback.
func (n *node) get(path string) (code int, body string) {
	n.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	code, body, err := n.Get(ctx, "http://127.0.0.1:"+path)
	if err != nil {
		return 0, err.Error()
	}
	return code, body
}

// object is the node's BGPNodeStatus; nil if there is none.
func (n *node) object() *v1.BGPNodeStatus {
	n.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	object, err := n.admin.BGPNodeStatuses().Get(ctx, n.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	n.must(err)
	return object
}

// reports waits until the status is as it should be, and returns it.
func (n *node) reports(what string, so func(*v1.BGPNodeStatusData) bool) *v1.BGPNodeStatus {
	n.Helper()
	var last *v1.BGPNodeStatus
	n.eventually("status: "+what, func() bool {
		last = n.object()
		return last != nil && so(&last.Status)
	}, func() any { return last })
	return last
}

// condition waits until a condition has a status and a message that contains every one of some texts, and returns it.
func (n *node) condition(kind string, status metav1.ConditionStatus, texts ...string) metav1.Condition {
	n.Helper()
	var found metav1.Condition
	n.reports(fmt.Sprintf("%s=%s %q", kind, status, texts), func(s *v1.BGPNodeStatusData) bool {
		found = conditionOf(s, kind)
		for _, text := range texts {
			if !strings.Contains(found.Reason+": "+found.Message, text) {
				return false
			}
		}
		return found.Status == status
	})
	return found
}

func conditionOf(s *v1.BGPNodeStatusData, kind string) metav1.Condition {
	for _, c := range s.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{}
}

// generation waits until a generation of the configuration runs.
func (n *node) generation(generation string) {
	n.Helper()
	n.condition("ConfigurationApplied", metav1.ConditionTrue, "Generation "+generation+" runs")
}

// healthy waits until everything works.
func (n *node) healthy() *v1.BGPNodeStatus {
	n.Helper()
	return n.reports("healthy", func(s *v1.BGPNodeStatusData) bool { return s.Healthy })
}

func (n *node) add(address string) { n.Helper(); n.AddAddress("kube-lb0", address) }
func (n *node) del(address string) { n.Helper(); n.DelAddress("kube-lb0", address) }
