package render

import (
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func nodeWith(name string, annotations map[string]string, addresses ...corev1.NodeAddress) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations},
		Status:     corev1.NodeStatus{Addresses: addresses},
	}
}

func TestResolveRouterID(t *testing.T) {
	internal := func(a string) corev1.NodeAddress {
		return corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: a}
	}
	external := func(a string) corev1.NodeAddress {
		return corev1.NodeAddress{Type: corev1.NodeExternalIP, Address: a}
	}
	dual := nodeWith("n", map[string]string{"example.com/rid": "192.0.2.9", "bad": "fd00::1"},
		internal("fd00::5"), internal("127.0.0.1"), internal("10.0.0.5"), internal("10.0.0.6"), external("203.0.113.5"))
	v6only := func(name string) *corev1.Node { return nodeWith(name, nil, internal("fd00::5")) }

	for _, tc := range []struct {
		name     string
		id, pool string
		node     *corev1.Node
		want     string
		source   RouterIDSource
		err      string
	}{
		{name: "explicit", id: "192.168.1.101", node: dual, want: "192.168.1.101", source: FromSpec},
		{name: "node IP", id: "${NODE_IP}", node: dual, want: "10.0.0.5", source: FromTemplate},
		{name: "node IPv4", id: "${NODE_IPV4}", node: dual, want: "10.0.0.5", source: FromTemplate},
		{name: "node external IP", id: "${NODE_EXTERNAL_IP}", node: dual, want: "203.0.113.5", source: FromTemplate},
		{name: "annotation", id: "${node.annotations['example.com/rid']}", node: dual, want: "192.0.2.9", source: FromTemplate},
		{name: "empty", node: dual, want: "10.0.0.5", source: FromNodeIPv4},

		{name: "hash worker-1", node: v6only("worker-1"), want: "10.255.26.34", source: FromNodeName},
		{name: "hash worker-2", node: v6only("worker-2"), want: "10.255.15.105", source: FromNodeName},
		{name: "hash node-a", node: v6only("node-a"), want: "10.255.191.26", source: FromNodeName},
		{name: "hash node-b", node: v6only("node-b"), want: "10.255.194.173", source: FromNodeName},
		{name: "pool worker-1", pool: "172.30.0.0/24", node: v6only("worker-1"), want: "172.30.0.30", source: FromNodeName},
		{name: "pool worker-2", pool: "172.30.0.0/24", node: v6only("worker-2"), want: "172.30.0.67", source: FromNodeName},
		{name: "pool node-a", pool: "172.30.0.0/24", node: v6only("node-a"), want: "172.30.0.52", source: FromNodeName},
		{name: "pool node-b", pool: "172.30.0.0/24", node: v6only("node-b"), want: "172.30.0.209", source: FromNodeName},
		{name: "pool with host bits", pool: "172.30.0.77/24", node: v6only("node-b"), want: "172.30.0.209", source: FromNodeName},

		{name: "too long", id: strings.Repeat("1", 257), node: dual, err: "256"},
		{name: "not an address", id: "router-1", node: dual, err: "not an IPv4 address"},
		{name: "IPv6", id: "fd00::1", node: dual, err: "not an IPv4 address"},
		{name: "unspecified", id: "0.0.0.0", node: dual, err: "must be an address of this router"},
		{name: "loopback", id: "127.0.0.1", node: dual, err: "must be an address of this router"},
		{name: "link-local", id: "169.254.1.1", node: dual, err: "must be an address of this router"},
		{name: "multicast", id: "224.0.0.5", node: dual, err: "must be an address of this router"},
		{name: "broadcast", id: "255.255.255.255", node: dual, err: "must be an address of this router"},
		{name: "unknown template", id: "${HOSTNAME}", node: dual, err: "is not a template"},
		{name: "template with a tail", id: "${NODE_IP}x", node: dual, err: "is not a template"},
		{name: "no external IP", id: "${NODE_EXTERNAL_IP}", node: v6only("n"), err: "${NODE_EXTERNAL_IP}"},
		{name: "no annotation", id: "${node.annotations['other']}", node: dual, err: "has no annotation other"},
		{name: "no annotation key", id: "${node.annotations['a b']}", node: dual, err: "is not an annotation key"},
		{name: "annotation no address", id: "${node.annotations['bad']}", node: dual, err: "annotation bad"},
		{name: "no pool", pool: "fd00::/64", node: v6only("n"), err: "routerIDPool"},
		{name: "small pool", pool: "172.30.0.0/25", node: v6only("n"), err: "too small"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ResolveRouterID(v1.Global{RouterID: tc.id, RouterIDPool: tc.pool}, tc.node)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("error %v, want one that says %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Address.String() != tc.want || got.Source != tc.source {
				t.Errorf("got %s from %s, want %s from %s", got.Address, got.Source, tc.want, tc.source)
			}
		})
	}

	t.Run("no address yet", func(t *testing.T) {
		_, err := ResolveRouterID(v1.Global{RouterID: "${NODE_IP}"}, nodeWith("n", nil))
		if !errors.Is(err, ErrNodeHasNoAddress) {
			t.Errorf("error %v, want ErrNodeHasNoAddress", err)
		}
	})
}
