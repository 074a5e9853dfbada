//go:build linux

package deploy

import (
	"context"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/k8frr/k8frr/integration/lab/machine"
)

// cluster is the server as a test sees it.
type cluster struct {
	*testing.T
	admin *kubernetes.Clientset
	wait  machine.Wait
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{T: t, wait: machine.Wait{TB: t, Patience: 2 * time.Minute}}
	var err error
	c.admin, err = kubernetes.NewForConfig(server.Config())
	c.must(err)
	return c
}

func (c *cluster) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) apply(manifest string) {
	c.Helper()
	c.must(server.Apply(context.Background(), manifest)) // kubectl has a deadline of its own; a cleanup runs it, too
}

func (c *cluster) kubectl(args ...string) string {
	c.Helper()
	out, err := server.Kubectl(context.Background(), args...)
	c.must(err)
	return out
}

// node makes a Node.
func (c *cluster) node(name, address string) {
	c.Helper()
	_, err := c.admin.CoreV1().Nodes().Create(c.Context(), &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address}}},
	}, metav1.CreateOptions{})
	c.must(err)
}

// pod makes the Pod that the DaemonSet of deploy/standalone would have on a node.
func (c *cluster) pod(node string) *corev1.Pod {
	c.Helper()
	template := parse(c, kustomize(c, "deploy/standalone")).daemonSet(c, "k8frr").Spec.Template
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "k8frr-" + node, Labels: template.Labels}, Spec: template.Spec}
	pod.Spec.NodeName = node
	pod, err := c.admin.CoreV1().Pods(namespace).Create(c.Context(), pod, metav1.CreateOptions{})
	c.must(err)
	return pod
}

// token is what the kubelet would mount into the pod.
func (c *cluster) token(pod *corev1.Pod) string {
	c.Helper()
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID},
	}}
	request, err := c.admin.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(c.Context(), pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	c.must(err)
	return request.Status.Token
}

// forget removes what a test has stored that others could stumble over.
func (c *cluster) forget() {
	c.Helper()
	c.kubectl("delete", "bgpnodestatus,bgpconfig", "--all", "-n", namespace, "--wait=false")
}
