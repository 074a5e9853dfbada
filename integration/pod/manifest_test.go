//go:build linux

package pod

import (
	"fmt"
	"os"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// manifest is what every DaemonSet of deploy/ gets its containers from.
const manifest = "../../deploy/pod/containers.yaml"

// readPod reads the pod of a DaemonSet, which may stand in a file beside other objects.
func readPod(path string) (corev1.PodSpec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return corev1.PodSpec{}, err
	}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var set appsv1.DaemonSet
		if err := yaml.Unmarshal([]byte(document), &set); err != nil {
			return corev1.PodSpec{}, fmt.Errorf("%s: %w", path, err)
		}
		if set.Kind == "DaemonSet" {
			return set.Spec.Template.Spec, nil
		}
	}
	return corev1.PodSpec{}, fmt.Errorf("%s has no DaemonSet", path)
}

// containerOf is the container that runs a program.
func containerOf(pod corev1.PodSpec, program string) (corev1.Container, error) {
	for _, c := range pod.Containers {
		if len(c.Command) > 0 && strings.HasSuffix(c.Command[0], program) {
			return c, nil
		}
	}
	return corev1.Container{}, fmt.Errorf("no container of the manifest runs %s", program)
}

// bounding is the bounding set of a container, as setpriv has it: what a runtime makes of drop and add.
func bounding(c corev1.Container) (string, error) {
	s := c.SecurityContext
	switch {
	case s == nil || s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}):
		return "", fmt.Errorf("container %s does not drop ALL capabilities", c.Name)
	case s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation:
		return "", fmt.Errorf("container %s may escalate its privileges", c.Name)
	case s.RunAsUser == nil || s.RunAsGroup == nil:
		return "", fmt.Errorf("container %s does not say who it runs as", c.Name)
	}
	set := "-all"
	for _, name := range s.Capabilities.Add {
		set += ",+" + strings.ToLower(string(name))
	}
	return set, nil
}
