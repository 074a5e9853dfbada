//go:build linux

package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// dryRun has the server say what it would do with objects: all of kubectl apply but storing them.
func dryRun(t *testing.T, text string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "objects.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.Kubectl(t.Context(), "apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", file)
}

// The server takes every object of every manifest, and of the chart, and knows all their fields.
func TestAccepted(t *testing.T) {
	if err := server.ApplyCRDs(t.Context(), "testdata/monitoring"); err != nil {
		t.Fatal(err)
	}
	manifests := map[string]string{
		"standalone":          kustomize(t, "deploy/standalone"),
		"PureLB":              kustomize(t, overlays+"purelb"),
		"PureLB with k8gobgp": kustomize(t, overlays+"with-gobgp"),
		"PureLB without BGP":  kustomize(t, overlays+"nobgp"),
	}
	for name, values := range charts(t) {
		manifests["chart "+name] = template(t, values)
	}
	for name, text := range manifests {
		t.Run(name, func(t *testing.T) {
			out, err := dryRun(t, text)
			if err != nil {
				t.Fatal(err)
			}
			if taken, all := strings.Count(out, "serverside-applied"), len(parse(t, text)); taken != all {
				t.Errorf("%d objects of %d were taken:\n%s", taken, all, out)
			}
		})
	}
}

// What each level of Pod Security has against the pods: docs/install.md says the same. Only the network of the host and what
// FRR's daemons need stand between them and level restricted.
func TestPodSecurity(t *testing.T) {
	cluster, err := kubernetes.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	pod := parse(t, kustomize(t, "deploy/standalone")).daemonSet(t, "k8frr").Spec.Template
	const (
		network      = `host namespaces (hostNetwork=true), hostPort (container "k8gobgp" uses hostPorts 7473, 7474), probe or lifecycle host (container "k8gobgp" uses probe or lifecycle host "127.0.0.1")`
		ofBaseline   = `non-default capabilities (container "frr" must not include "NET_ADMIN", "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add), ` + network
		ofRestricted = `"restricted:latest": ` + network +
			`, unrestricted capabilities (container "frr" must not include "NET_ADMIN", "NET_RAW", "SETGID", "SETUID", "SYS_ADMIN" in securityContext.capabilities.add)` +
			`, runAsNonRoot != true (container "frr" must not set securityContext.runAsNonRoot=false), runAsUser=0 (container "frr" must not set runAsUser=0)`
	)
	for level, against := range map[string]string{"privileged": "", "baseline": ofBaseline, "restricted": ofRestricted} {
		t.Run(level, func(t *testing.T) {
			space, err := cluster.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
				Name: level, Labels: map[string]string{"pod-security.kubernetes.io/enforce": level},
			}}, metav1.CreateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = cluster.CoreV1().Pods(space.Name).Create(t.Context(), &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "agent"}, Spec: pod.Spec,
			}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			switch {
			case against == "" && err != nil:
				t.Error(err)
			case against != "" && (err == nil || !strings.HasSuffix(err.Error(), against)):
				t.Errorf("the server says %v, want at its end %s", err, against)
			}
		})
	}
}
