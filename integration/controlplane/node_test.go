//go:build linux

package controlplane

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// node is a machine with FRR and the agent, as a Pod has it: with the token of its ServiceAccount in a file.
type node struct {
	*machine.Node
	w       *world
	address netip.Addr
	wire    *wire            // what it asks the server
	way     *apiserver.Proxy // to it
	lives   time.Time        // of its token
	before  usage            // what its agent took when all was well for the first time
	churn   churn
}

func (w *world) node(l *lab.Lab, index int, version lab.Version) *node {
	wait := w.wait()
	wait.Rest = 300 * time.Millisecond
	host := l.Host(fmt.Sprintf("worker-%d", 1+index))
	host.KubeLB(kubeLB)
	n := &node{Node: machine.New(wait, host, version, program), w: w,
		address: netip.AddrFrom4([4]byte{192, 0, 2, byte(11 + index)}), wire: newWire()}
	n.way = w.server.Front(w, n.wire.pass).ListenIn(w, "/run/netns/"+host.Namespace())
	n.join()
	return n
}

// join makes the Node object.
func (n *node) join() {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Host.Name, Labels: map[string]string{"rack": "one"}}}
	object.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.address.String()}}
	_, err := n.w.admin.Nodes().Create(ctx, object, metav1.CreateOptions{})
	n.w.must(err)
}

// hears is what a router hears of the node.
func (n *node) hears(router int) listener.View { return n.w.routers[router].From(n.address) }

func (n *node) token() string { return filepath.Join(n.Dir(), "token") }

// renew writes the token again, as the kubelet does.
func (n *node) renew() {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	token, err := n.w.server.ServiceAccountToken(ctx, namespace, "k8frr-agent")
	n.w.must(err)
	n.w.must(os.WriteFile(n.token(), []byte(token), 0o600))
	n.lives = time.Now()
}

// startAgent starts the agent with the rights of its ServiceAccount.
func (n *node) startAgent() {
	n.Helper()
	const name = "node"
	access := n.way.Config(n.w.server.ConfigForToken(""))
	kubeconfig := filepath.Join(n.Dir(), "kubeconfig")
	n.w.must(clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{name: {Server: access.Host, CertificateAuthorityData: access.CAData}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {TokenFile: n.token()}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}, kubeconfig))
	n.Start("agent", program, "--kubeconfig", kubeconfig, "--namespace", namespace, "--node-name", n.Host.Name,
		"--vtysh", n.FRR.VtyshPath, "--frr-config-dir", n.FRR.ConfigDir, "--frr-socket-dir", n.FRR.SocketDir,
		"--lease-duration", leaseLasts.String())
}

func (n *node) killAgent() { n.Helper(); n.Kill("agent", syscall.SIGKILL) }

// try runs a command on a node, whatever comes of it.
func (n *node) try(argv ...string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, _ = n.Exec(ctx, argv[0], argv[1:]...)
}
