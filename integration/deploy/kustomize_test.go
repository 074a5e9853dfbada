//go:build linux

package deploy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	before    = "integration/deploy/testdata/purelb/default"
	incumbent = "integration/deploy/testdata/purelb/with-gobgp"
	overlays  = "integration/deploy/testdata/overlay/"
)

// From PureLB's manifests with k8gobgp comes the same as from those without it: k8gobgp leaves nothing behind but an empty volume,
// which PureLB's own container might use.
func TestPureLB(t *testing.T) {
	plain, turned := kustomize(t, overlays+"purelb"), kustomize(t, overlays+"with-gobgp")
	for _, trace := range []string{"purelb/k8gobgp", "purelb:k8gobgp", "gobgp-socket", "hostPort", "GOBGP"} {
		if strings.Contains(turned, trace) {
			t.Errorf("%s is still there", trace)
		}
	}
	is, want := parse(t, turned), parse(t, plain)
	same(t, "but for the DaemonSet", is.without("DaemonSet"), want.without("DaemonSet"))
	a, b := is.daemonSet(t, "lbnodeagent"), want.daemonSet(t, "lbnodeagent")
	a.Spec.Template.Spec.Volumes = slices.DeleteFunc(a.Spec.Template.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "tmp" })
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("DaemonSet (-without +with k8gobgp):\n%s", diff)
	}
}

// PureLB's own part of the pod is as it was, and that of k8frr is the same as in a DaemonSet of its own.
func TestContainers(t *testing.T) {
	was := parse(t, kustomize(t, before)).daemonSet(t, "lbnodeagent").Spec.Template
	is := parse(t, kustomize(t, overlays+"with-gobgp")).daemonSet(t, "lbnodeagent").Spec.Template
	own := parse(t, kustomize(t, "deploy/standalone")).daemonSet(t, "k8frr").Spec.Template
	for _, name := range []string{"lbnodeagent", "k8gobgp", "frr"} {
		expected := own
		if name == "lbnodeagent" {
			expected = was
		}
		if diff := cmp.Diff(container(t, expected, name), container(t, is, name)); diff != "" {
			t.Errorf("container %s (-want +is):\n%s", name, diff)
		}
	}
	if len(is.Spec.Containers) != 3 {
		t.Errorf("%d containers", len(is.Spec.Containers))
	}
	rest := func(p corev1.PodSpec) corev1.PodSpec {
		p.Containers, p.Volumes, p.TerminationGracePeriodSeconds = nil, nil, nil
		return p
	}
	if diff := cmp.Diff(rest(was.Spec), rest(is.Spec)); diff != "" {
		t.Errorf("the pod besides (-want +is):\n%s", diff)
	}
	if grace := *is.Spec.TerminationGracePeriodSeconds; grace < 15 {
		t.Errorf("FRR has %d s to end", grace)
	}
}

func container(t *testing.T, pod corev1.PodTemplateSpec, name string) corev1.Container {
	t.Helper()
	for _, c := range pod.Spec.Containers {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no container %s", name)
	return corev1.Container{}
}

// Without BGP there is PureLB alone.
func TestNoBGP(t *testing.T) {
	is, want := parse(t, kustomize(t, overlays+"nobgp")), parse(t, kustomize(t, before))
	same(t, "but for the DaemonSet", is.without("DaemonSet"), want.without("DaemonSet"))
	a, b := is.daemonSet(t, "lbnodeagent"), want.daemonSet(t, "lbnodeagent")
	if diff := cmp.Diff(b.Spec.Template.Spec.Containers, a.Spec.Template.Spec.Containers); diff != "" {
		t.Errorf("containers (-want +is):\n%s", diff)
	}
}

// Helm's post-renderer makes the same of PureLB's chart as kustomize of PureLB's manifests, in one piece or with the chart k8frr
// beside it. The definitions do not go with the release.
func TestPostRenderer(t *testing.T) {
	programs := strings.TrimSpace(command(t, "", tree+"integration/apiserver/build.sh"))
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	chart, want := kustomize(t, incumbent), parse(t, kustomize(t, overlays+"with-gobgp"))
	whole := parse(t, command(t, chart, tree+"deploy/purelb/post-renderer"))
	for key, object := range whole {
		if object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		if object.GetAnnotations()["helm.sh/resource-policy"] != "keep" {
			t.Errorf("%s goes with the release", key)
		}
		unstructured.RemoveNestedField(object.Object, "metadata", "annotations", "helm.sh/resource-policy")
	}
	same(t, "the whole", whole, want)

	both := parse(t, command(t, chart, tree+"deploy/purelb/post-renderer", "containers"))
	for key, object := range parse(t, template(t, "testdata/values/sidecar.yaml")) {
		if _, twice := both[key]; twice {
			t.Errorf("%s is in both releases", key)
		}
		both[key] = object
	}
	if missing, more := gone(want, both), gone(both, want); len(missing)+len(more) > 0 {
		t.Errorf("with the chart: missing %v, more %v", missing, more)
	}
	if diff := cmp.Diff(want.daemonSet(t, "lbnodeagent"), both.daemonSet(t, "lbnodeagent")); diff != "" {
		t.Errorf("DaemonSet (-want +is):\n%s", diff)
	}
}

// gone are the objects of one that the other has not.
func gone(from, to objects) (keys []string) {
	for key := range from {
		if _, found := to[key]; !found {
			keys = append(keys, key)
		}
	}
	return keys
}
