//go:build linux

package deploy

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

const guarded = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    authPasswordSecretRef: {name: bgp-passwords}
    timers: {connectRetry: 1}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp-passwords, namespace: purelb-system}
stringData: {password: not-for-everybody}
---
apiVersion: v1
kind: Secret
metadata: {name: unrelated, namespace: purelb-system}
stringData: {password: not-for-an-agent}
`

// named narrows the Secrets that an agent may read to the one that the configuration names, as docs/install.md tells.
const named = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: k8frr-secrets, namespace: purelb-system}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [bgp-passwords], verbs: [list, watch]}]
`

// The agent, with the token that its pod gets and the rights of deploy/rbac, does all that it is for. With the same token
// nobody can do anything else.
func TestRights(t *testing.T) {
	c := newCluster(t)
	c.apply(kustomize(t, "deploy/rbac"))
	c.apply(named)
	c.apply(guarded)
	t.Cleanup(func() { c.forget() })

	network := lab.New(t)
	lan := network.LAN()
	router := network.Host("router")
	lan.Attach(router.Port("eth0", "192.0.2.1/24"))
	heard := router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{netip.MustParseAddr("192.0.2.11"): "not-for-everybody"}})
	node := network.Host("worker-1")
	lan.Attach(node.Port("eth0", "192.0.2.11/24"))
	node.KubeLB("kube-lb0")
	frr := node.FRR(lab.FRR84)
	frr.Start()

	c.node("worker-1", "192.0.2.11")
	c.node("worker-2", "192.0.2.12")
	token := c.token(c.pod("worker-1"))
	way := server.ListenIn(t, "/run/netns/"+node.Namespace())
	kubeconfig, err := server.KubeconfigFor(way.Config(server.ConfigForToken(token)))
	c.must(err)

	var program string
	code := lab.WithAgent(&program, func() int {
		began := time.Now()
		agent := node.Start("agent", program, "--kubeconfig", kubeconfig, "--namespace", namespace, "--node-name", "worker-1",
			"--vtysh", frr.VtyshPath, "--frr-config-dir", frr.ConfigDir, "--frr-socket-dir", frr.SocketDir, "--lease-duration", "6s")
		node.AddAddress("kube-lb0", "10.9.9.9/32")
		c.wait.Hears(heard, "10.9.9.9/32")
		t.Logf("from the agent's start to the first address at the router: %v", time.Since(began).Round(time.Millisecond))
		c.works()
		c.refused(token)
		c.unbound()
		if n := c.unguarded(); n != "" {
			t.Errorf("an agent that the policies hold says %q", n)
		}
		c.unbindPolicies(agent)
		return 0
	})
	if code != 0 {
		t.Fatal("no agent")
	}
}

// works waits until all has happened that the agent needs a right for.
func (c *cluster) works() {
	c.Helper()
	c.wait.Until("the status of the node is healthy", func() bool {
		return c.kubectl("get", "bgpnodestatus", "-o", "jsonpath={.items[*].status.healthy}") == "true"
	})
	if owner := c.kubectl("get", "bgpnodestatus", "worker-1", "-o", "jsonpath={.metadata.ownerReferences[*].name}"); owner != "worker-1" {
		c.Errorf("the status belongs to %q", owner)
	}
	c.wait.Until("the configuration says that it is ready", func() bool {
		return c.kubectl("get", "bgpconfig", "default", "-n", namespace, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`) == "True"
	})
	if holder := c.kubectl("get", "lease", "k8frr-status", "-n", namespace, "-o", "jsonpath={.spec.holderIdentity}"); holder == "" {
		c.Error("nobody holds the Lease")
	}
	// k8gobgp has left its finalizer, and is not there to remove it. Another one is somebody else's.
	c.kubectl("patch", "bgpconfig", "default", "-n", namespace, "--type=merge", "-p",
		`{"metadata":{"finalizers":["bgp.purelb.io/finalizer","example.com/archive"]}}`)
	c.kubectl("delete", "bgpconfig", "default", "-n", namespace, "--wait=false")
	finalizers := func() string {
		return c.kubectl("get", "bgpconfig", "default", "-n", namespace, "-o", "jsonpath={.metadata.finalizers[*]}")
	}
	took := c.wait.Until("the finalizer of k8gobgp is gone", func() bool { return finalizers() == "example.com/archive" })
	c.Logf("the finalizer that k8gobgp had left: removed %v after the deletion", took.Round(time.Millisecond))
	c.kubectl("patch", "bgpconfig", "default", "-n", namespace, "--type=merge", "-p", `{"metadata":{"finalizers":[]}}`)
	c.wait.Until("the configuration is gone", func() bool {
		return c.kubectl("get", "bgpconfig", "-n", namespace, "-o", "name", "--ignore-not-found") == ""
	})
	c.apply(guarded)
}

// foreignEvent is of the kubelet, in the agents' namespace.
const foreignEvent = `apiVersion: v1
kind: Event
metadata: {name: somebody, namespace: purelb-system}
source: {component: kubelet, host: worker-1}
involvedObject: {apiVersion: v1, kind: Pod, name: k8frr-worker-1, namespace: purelb-system}
reason: Killing
message: stopping container
`

// refused tries what an agent has no business with.
func (c *cluster) refused(token string) {
	c.Helper()
	kubeconfig, err := server.KubeconfigFor(server.ConfigForToken(token))
	c.must(err)
	c.apply("apiVersion: bgp.purelb.io/v1\nkind: BGPNodeStatus\nmetadata: {name: worker-2}\n")
	c.kubectl("create", "namespace", "elsewhere")
	c.apply(foreignEvent)
	for _, try := range []struct {
		what string
		args string
		says string
	}{
		{"another node's status", "apply --server-side --subresource=status -f testdata/worker-2.yaml",
			"this is the status of node worker-2, and the token is of a pod on worker-1"},
		{"another node's owner", `patch bgpnodestatus worker-2 --type=merge -p {"metadata":{"labels":{"a":"b"}}}`, "the token is of a pod on worker-1"},
		{"the status of a node that is not there", `create -f testdata/worker-3.yaml`, "the token is of a pod on worker-1"},
		{"deleting a status", "delete bgpnodestatus worker-1", "cannot delete"},
		{"another Secret", "get secret unrelated -n purelb-system", "cannot get"},
		{"another Secret by a watch", "get secrets -n purelb-system --field-selector metadata.name=unrelated", "cannot list"},
		{"all Secrets of the namespace", "get secrets -n purelb-system", "cannot list"},
		{"all Secrets", "get secrets --all-namespaces", "cannot list"},
		{"Secrets elsewhere", "get secrets -n elsewhere --field-selector metadata.name=bgp-passwords", "cannot list"},
		{"configurations elsewhere", "get bgpconfig -n elsewhere", "cannot list"},
		{"all configurations", "get bgpconfig --all-namespaces", "cannot list"},
		{"what is declared", `patch bgpconfig default -n purelb-system --type=merge -p {"spec":{"global":{"asn":65009}}}`, "and nothing else"},
		{"labels of what is declared", `patch bgpconfig default -n purelb-system --type=merge -p {"metadata":{"labels":{"a":"b"}}}`, "and nothing else"},
		{"a finalizer on what is declared", `patch bgpconfig default -n purelb-system --type=merge -p {"metadata":{"finalizers":["bgp.purelb.io/finalizer"]}}`, "and nothing else"},
		{"deleting what is declared", "delete bgpconfig default -n purelb-system", "cannot delete"},
		{"declaring", "create -f testdata/second.yaml", "cannot create"},
		{"its own Node", "apply --server-side -f testdata/node.yaml", "cannot patch"},
		{"another Lease", "get lease kube-controller-manager -n purelb-system", "cannot get"},
		{"a Lease elsewhere", "get lease k8frr-status -n elsewhere", "cannot get"},
		{"deleting the Lease", "delete lease k8frr-status -n purelb-system", "cannot delete"},
		{"making another Lease", "create -f testdata/lease.yaml", "k8frr-status and no other"},
		{"making a Lease of any name", "create -f testdata/lease-any.yaml", "k8frr-status and no other"},
		{"an Event in another's name", "create -f testdata/event-kubelet.yaml", "in its own name, of its own node"},
		{"an Event of another node's agent", "create -f testdata/event-worker-2.yaml", "in its own name, of its own node"},
		{"another's Event", "apply --server-side --force-conflicts -f testdata/event-somebody.yaml", "in its own name, of its own node"},
		{"an Event about a Pod", "create -f testdata/event-pod.yaml", "about its own Node and about the BGPConfigurations"},
		{"an Event about another Node", "create -f testdata/event-node.yaml", "about its own Node and about the BGPConfigurations"},
		{"reading events", "get events -n purelb-system", "cannot list"},
		{"events elsewhere", "create -n elsewhere -f testdata/event.yaml", "cannot create"},
		{"pods", "get pods -n purelb-system", "cannot list"},
		{"Services", "get services --all-namespaces", "cannot list"},
		{"definitions", "get customresourcedefinitions", "cannot list"},
		{"a further token", "create token k8frr -n purelb-system", "cannot create"},
	} {
		_, err := server.Kubectl(c.Context(), append([]string{"--kubeconfig", kubeconfig}, strings.Fields(try.args)...)...)
		if err == nil || !strings.Contains(err.Error(), "orbidden") || !strings.Contains(err.Error(), try.says) {
			c.Errorf("%s: %v, want Forbidden because %q", try.what, err, try.says)
		}
	}
}

// unguarded is what the Event says that an agent writes which no policy holds; "" if there is none.
func (c *cluster) unguarded() string {
	c.Helper()
	return c.kubectl("get", "events", "-n", namespace, "--field-selector", "reason=Unguarded,involvedObject.name=default", "-o", "jsonpath={.items[*].message}")
}

// unbindPolicies has the policies hold another ServiceAccount, as a kustomization may that renames this one: an agent tells of it
// once it holds the Lease again.
func (c *cluster) unbindPolicies(agent *lab.Process) {
	c.Helper()
	renamed := strings.ReplaceAll(kustomize(c, "deploy/rbac"), "'system:serviceaccount:purelb-system:k8frr'", "'system:serviceaccount:purelb-system:bgp'")
	c.apply(renamed)
	c.T.Cleanup(func() { c.apply(kustomize(c, "deploy/rbac")) })
	c.kubectl("patch", "lease", "k8frr-status", "-n", namespace, "--type=merge", "-p", `{"spec":{"holderIdentity":"worker-2","leaseDurationSeconds":1}}`)
	c.wait.Until("an agent that no policy holds tells of it", func() bool {
		if !agent.Running() {
			c.Fatal("the agent has ended")
		}
		return strings.Contains(c.unguarded(), "name another ServiceAccount")
	})
}

// unbound tries the ServiceAccount's token without a pod: it may write no status at all.
func (c *cluster) unbound() {
	c.Helper()
	token, err := server.ServiceAccountToken(c.Context(), namespace, "k8frr")
	c.must(err)
	kubeconfig, err := server.KubeconfigFor(server.ConfigForToken(token))
	c.must(err)
	_, err = server.Kubectl(c.Context(), "--kubeconfig", kubeconfig, "apply", "--server-side", "--subresource=status", "-f", "testdata/worker-2.yaml")
	if err == nil || !strings.Contains(err.Error(), "the token is of no pod") {
		c.Errorf("a token of no pod: %v", err)
	}
}

// The rights are those that integration/incluster grants to an agent, where a test compares each with what the agent asks for.
func TestRightsAreNeeded(t *testing.T) {
	text, err := os.ReadFile(tree + "integration/incluster/testdata/rbac.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, is := rules(t, parse(t, string(text))), rules(t, parse(t, kustomize(t, "deploy/rbac")))
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("rights (-needed +granted):\n%s", diff)
	}
}

// rules are the rights in roles, by where and what they are for, but for the names of objects.
func rules(t *testing.T, roles objects) []string {
	t.Helper()
	all := map[string]bool{}
	for _, object := range roles {
		if object.GetKind() != "Role" && object.GetKind() != "ClusterRole" {
			continue
		}
		var role rbacv1.ClusterRole // a Role has the same rules
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &role); err != nil {
			t.Fatal(err)
		}
		for _, rule := range role.Rules {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					all[fmt.Sprintf("namespace %q: %s %s %s", object.GetNamespace(), verb, rule.APIGroups[0], resource)] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
