//go:build linux

package incluster

import (
	"context"
	_ "embed"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

//go:embed testdata/rbac.yaml
var permissions string

// site is a cluster of a test's own: a namespace of the API server, and machines on one LAN. Manifests are written as for
// namespace purelb-system and nodes worker-1 and worker-2, which the site has under names that no other site has.
type site struct {
	*testing.T
	server    *apiserver.Server
	admin     *client.Clientset
	namespace string
	names     *strings.Replacer
	lab       *lab.Lab
	lan       *lab.LAN
}

func newSite(t *testing.T, server *apiserver.Server) *site {
	t.Helper()
	admin, err := client.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{T: t, server: server, admin: admin, namespace: server.Namespace(t), lab: lab.New(t)}
	s.names = strings.NewReplacer("purelb-system", s.namespace, "worker-", s.namespace+"-worker-")
	s.lan = s.lab.LAN()
	s.must(s.apply(permissions))
	return s
}

// router is what listens at an address of the LAN, as AS 65001. A key, if any, is what the address it is for has to know.
func (s *site) router(address string, keys ...key) *listener.Listener {
	s.Helper()
	name := "router-" + address[strings.LastIndexByte(address, '.')+1:]
	host := s.lab.Host(name)
	s.lan.Attach(host.Port("eth0", address+"/24"))
	return s.listen(name, keys...)
}

// node is a machine with FRR, an empty kube-lb0 and a Node object. Its number is its name's and its address's.
func (s *site) node(number string, version lab.Version, labels map[string]string) *node {
	s.Helper()
	n := &node{site: s, name: s.names.Replace("worker-" + number), Host: s.lab.Host("worker-" + number), address: "192.0.2.1" + number}
	s.lan.Attach(n.Port("eth0", n.address+"/24", "2001:db8::1"+number+"/64"))
	n.KubeLB("kube-lb0")
	n.frr = n.FRR(version)
	n.create(labels)
	n.way = s.server.ListenIn(s, "/run/netns/"+n.Namespace())
	return n
}

// create makes the Node object.
func (n *node) create(labels map[string]string) {
	n.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.name, Labels: labels}}
	object.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.address}}
	_, err := n.admin.Nodes().Create(ctx, object, metav1.CreateOptions{})
	n.must(err)
}

// apply is kubectl apply.
func (s *site) apply(manifest string) error {
	ctx, cancel := s.deadline()
	defer cancel()
	return s.server.Apply(ctx, s.names.Replace(manifest))
}

// kubectl runs in the site's namespace.
func (s *site) kubectl(args ...string) string {
	s.Helper()
	ctx, cancel := s.deadline()
	defer cancel()
	out, err := s.server.Kubectl(ctx, append([]string{"-n", s.namespace}, args...)...)
	s.must(err)
	return out
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) deadline() (context.Context, context.CancelFunc) { return s.wait().Deadline() }

// wait is long for what must happen, because the machine may be busy.
func (s *site) wait() machine.Wait { return machine.Wait{TB: s.T, Patience: 2 * time.Minute} }

// eventually waits until something is so, and says how long that took. If it does not become so, it shows what is instead.
func (s *site) eventually(what string, so func() bool, instead ...func() any) time.Duration {
	s.Helper()
	return s.wait().Until(what, so, instead...)
}

// edit replaces one piece of a text, which must be there.
func edit(t testing.TB, text, old, new string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not once in:\n%s", old, text)
	}
	return strings.Replace(text, old, new, 1)
}
