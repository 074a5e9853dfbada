//go:build linux

package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

var (
	pages  = []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/install.md", "docs/migrate-from-k8gobgp.md", "docs/troubleshooting.md", "docs/architecture.md", "docs/glossary.md", "deploy/helm/k8frr/README.md"}
	fenced = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	link   = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)
	inTree = regexp.MustCompile(`\bdeploy/[a-z0-9/-]+`)
	title  = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// What the pages name is there: files, sections of pages, directories of manifests. What they show as YAML is YAML, and
// what is an object of BGP, the server takes.
func TestPages(t *testing.T) {
	for _, page := range pages {
		text := read(t, page)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := page
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(page), m[1])
			}
			if _, err := os.Stat(tree + to); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if m[2] != "" && !section(read(t, to), m[2]) {
				t.Errorf("%s: %s has no section %s", page, to, m[2])
			}
		}
		for _, path := range inTree.FindAllString(text, -1) {
			if _, err := os.Stat(tree + path); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			var any map[string]any
			if err := yaml.UnmarshalStrict([]byte(m[1]), &any); err != nil {
				t.Errorf("%s: %v:\n%s", page, err, m[1])
			}
			if any["apiVersion"] == "bgp.purelb.io/v1" {
				if _, err := dryRun(t, m[1]); err != nil {
					t.Errorf("%s: %v", page, err)
				}
			}
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(tree + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section reports whether a page has a title that a link is to, as forges make links of titles.
func section(page, anchor string) bool {
	for _, m := range title.FindAllStringSubmatch(page, -1) {
		id := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		if "#"+strings.ReplaceAll(id, " ", "-") == anchor {
			return true
		}
	}
	return false
}

// The options that docs/install.md sets are set, and all else of the pod is as it was.
func TestOptions(t *testing.T) {
	example, _, _ := strings.Cut(read(t, overlays+"options/kustomization.yaml"), "images:")
	if shown := strings.TrimPrefix(read(t, overlays+"options/kustomization.yaml"), example); !strings.Contains(read(t, "docs/install.md"), "```yaml\n"+shown+"```") {
		t.Errorf("docs/install.md does not show\n%s", shown)
	}
	was := parse(t, kustomize(t, "deploy/standalone")).daemonSet(t, "k8frr").Spec.Template
	is := parse(t, kustomize(t, overlays+"options")).daemonSet(t, "k8frr").Spec.Template
	for i := range was.Spec.Containers {
		was.Spec.Containers[i].Image = "registry.example/routing/k8frr:" + strings.Split(was.Spec.Containers[i].Image, ":")[1]
	}
	option(&was.Spec.Containers[0].Env, "DRIFT", "report")
	option(&was.Spec.Containers[0].Env, "TEMPLATES_DIR", "/etc/k8frr/templates")
	option(&was.Spec.Containers[1].Env, "K8FRR_DRAIN", "10s")
	was.Spec.Containers[0].VolumeMounts = append(was.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "templates", MountPath: "/etc/k8frr/templates"})
	was.Spec.Volumes = append(was.Spec.Volumes, corev1.Volume{Name: "templates", VolumeSource: corev1.VolumeSource{
		ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "frr-templates"}}}})
	anyOrder := []gocmp.Option{
		cmpopts.SortSlices(func(a, b corev1.EnvVar) bool { return a.Name < b.Name }),
		cmpopts.SortSlices(func(a, b corev1.VolumeMount) bool { return a.Name < b.Name }),
		cmpopts.SortSlices(func(a, b corev1.Volume) bool { return a.Name < b.Name }),
	}
	if diff := gocmp.Diff(was, is, anyOrder...); diff != "" {
		t.Errorf("pod (-want +is):\n%s", diff)
	}
}

// option sets a variable of an environment.
func option(env *[]corev1.EnvVar, name, value string) {
	*env = slices.DeleteFunc(*env, func(e corev1.EnvVar) bool { return e.Name == name })
	*env = append(*env, corev1.EnvVar{Name: name, Value: value})
}

// Every right has its reason in docs/install.md.
func TestRightsHaveReasons(t *testing.T) {
	reasons := map[string]string{} // of resource: verbs
	for line := range strings.Lines(read(t, "docs/install.md")) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			for _, resource := range regexp.MustCompile("`([a-z/]+)`").FindAllStringSubmatch(cells[2], -1) {
				reasons[resource[1]] += cells[3] + ","
			}
		}
	}
	for _, object := range parse(t, kustomize(t, "deploy/rbac")) {
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
					if !regexp.MustCompile(`\b` + verb + `\b`).MatchString(reasons[resource]) {
						t.Errorf("docs/install.md does not say why an agent may %s %s", verb, resource)
					}
				}
			}
		}
	}
}
