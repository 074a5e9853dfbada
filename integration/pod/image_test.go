//go:build linux

package pod

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Both images are built from files that their contexts have, by the same Go and in the same way, and run as nobody in
// particular.
func TestDockerfiles(t *testing.T) {
	built := map[string]string{}
	for _, path := range []string{dockerfile, "../../deploy/image/cli.Dockerfile"} {
		stages, err := readDockerfile(path)
		if err != nil {
			t.Fatal(err)
		}
		build, err := stageOf(stages, "build")
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		built[path] = build.from
		allowed, err := contextFiles(path + ".dockerignore")
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range build.steps {
			_, packages, ok := strings.Cut(step.args, "-o /out/ ")
			if !ok {
				continue
			}
			flags, _, _ := strings.Cut(step.args, " -o /out/ ")
			built[path] += flags
			for _, dir := range directories(t, strings.Fields(packages)) {
				if !slices.ContainsFunc(allowed, func(a string) bool { return dir == a || strings.HasPrefix(dir, a+"/") }) {
					t.Errorf("%s.dockerignore keeps %s away, which %s is built from", path, dir, packages)
				}
			}
		}
		last := stages[len(stages)-1].steps
		if i := slices.IndexFunc(last, func(s step) bool { return s.op == "USER" }); i < 0 || strings.HasPrefix(last[i].args, "0") {
			t.Errorf("%s: the image runs as root", path)
		}
	}
	if a, b := built[dockerfile], built["../../deploy/image/cli.Dockerfile"]; a != b {
		t.Errorf("the images are built differently:\n%s\n%s", a, b)
	}
}

// directories are those of this module that packages are built from.
func directories(t *testing.T, packages []string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-f", "{{if .Module}}{{if .Module.Main}}{{.ImportPath}}{{end}}{{end}}"}, packages...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return strings.Fields(strings.ReplaceAll(string(out), "github.com/k8frr/k8frr/", ""))
}

// The user of the manifests is the one that the image has.
func TestUser(t *testing.T) {
	stages, err := readDockerfile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := readPod(manifest)
	if err != nil {
		t.Fatal(err)
	}
	agent, err := containerOf(spec, "k8frr-agent")
	if err != nil {
		t.Fatal(err)
	}
	user := fmt.Sprintf("%d:%d", *agent.SecurityContext.RunAsUser, *agent.SecurityContext.RunAsGroup)
	if last := stages[len(stages)-1].steps; !slices.Contains(last, step{"USER", user}) {
		t.Errorf("the agent runs as %s, and the image as another: %v", user, last)
	}
}

// wholeImage carries out every step of the Dockerfile, from an empty directory on.
func wholeImage(t *testing.T) image {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	dir := t.TempDir()
	tree, out, err := fromNothing(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	made, err := imageOf(ctx, dir, tree, out)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
