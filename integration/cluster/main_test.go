// Package cluster tests what k8frr reads from a Kubernetes cluster, against a
// real API server: the definitions, the offline schema and supervise/cluster.
package cluster

import (
	"context"
	"os"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/deploy/crd"
	"github.com/k8frr/k8frr/integration/apiserver"
)

var server *apiserver.Server

func TestMain(m *testing.M) { os.Exit(apiserver.Main(m, &server)) }

// install has the server know the definitions, and returns a client that may do
// everything.
func install(t *testing.T, s *apiserver.Server) *client.Clientset {
	t.Helper()
	for _, definition := range [][]byte{crd.BGPConfiguration, crd.BGPNodeStatus} {
		if err := s.Apply(t.Context(), string(definition)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Established(t.Context(), "crd", "configs.bgp.purelb.io", "bgpnodestatuses.bgp.purelb.io"); err != nil {
		t.Fatal(err)
	}
	c, err := client.New(s.Config())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 3 * time.Minute

// eventually waits for what a server does in its own time.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, patience, true,
		func(context.Context) (bool, error) { return condition(), nil })
	if err != nil {
		t.Fatalf("%s: not within %v", what, patience)
	}
}
