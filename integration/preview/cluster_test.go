//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/deploy/crd"
	"github.com/k8frr/k8frr/integration/apiserver"
)

// build makes the command line, once for a test.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "k8frr")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "../../cmd/k8frr").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: purelb-system}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: purelb-system}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: purelb-system}
stringData: {password: unseen}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1, labels: {rack: a}}
---
apiVersion: v1
kind: Node
metadata: {name: worker-2}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [list]}
- {apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [bgp]}
- {apiGroups: [bgp.purelb.io], resources: [configs], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: reader}]
`

const declared = `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    authPasswordSecretRef: {name: bgp}
    nodeSelector: {matchLabels: {rack: a}}
  - config: {neighborAddress: 192.0.2.2, peerAsn: 65001}
`

// A cluster is read with the rights to read, and those Secrets only that a
// configuration names.
func TestFromCluster(t *testing.T) {
	server := apiserver.Start(t)
	if err := server.Apply(t.Context(), string(crd.BGPConfiguration)); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Established(t.Context(), "crd", "configs.bgp.purelb.io"); err != nil {
		t.Fatal(err)
	}
	for _, objects := range []string{cluster, declared} {
		if err := server.Apply(t.Context(), objects); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := server.ConfigFor("reader")
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := server.KubeconfigFor(reader)
	if err != nil {
		t.Fatal(err)
	}
	same := filepath.Join(t.TempDir(), "same.yaml")
	changed := filepath.Join(t.TempDir(), "changed.yaml")
	for file, text := range map[string]string{same: declared, changed: strings.Replace(declared, "192.0.2.2, peerAsn: 65001", "192.0.2.2, peerAsn: 65009", 1)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary := build(t)
	run := func(args ...string) (string, int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		command := exec.CommandContext(ctx, binary, append(args, "--kubeconfig", kubeconfig)...)
		out, err := command.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), command.ProcessState.ExitCode()
	}
	for _, tc := range []struct {
		args   string
		status int
		says   []string
	}{
		{"render --from-cluster", 0, []string{"! ---- node worker-1 ----", "! ---- node worker-2 ----", "neighbor 192.0.2.1 password <redacted>"}},
		{"render --from-cluster --node worker-1 --show-secrets", 0, []string{"neighbor 192.0.2.1 password hunter2"}},
		{"render --from-cluster -n elsewhere", 1, []string{"there is no BGPConfiguration for namespace elsewhere"}},
		{"render --from-cluster --context nowhere", 1, []string{`context "nowhere" does not exist`}},
		{"validate --from-cluster", 0, []string{"0 errors, 0 warnings"}},
		{"graph --from-cluster -o dot", 0, []string{"192.0.2.2"}},
		{"diff --live " + same, 0, []string{"no change on 2 nodes"}}, // although no Secret is in the file
		{"diff --live " + changed + " --node worker-2", 1, []string{"resets 1 session on 1 of 1 node"}},
		{"diff --live " + same + " --node worker-2", 0, []string{"no change on 1 node"}},
	} {
		out, status := run(strings.Fields(tc.args)...)
		if status != tc.status {
			t.Errorf("k8frr %s: status %d, want %d:\n%s", tc.args, status, tc.status, out)
		}
		for _, want := range tc.says {
			if !strings.Contains(out, want) {
				t.Errorf("k8frr %s: does not say %q:\n%s", tc.args, want, out)
			}
		}
	}
}
