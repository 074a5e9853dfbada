//go:build linux

// Package pod runs the pod of the manifests without a container engine: the image that the Dockerfile's own steps make of a
// Debian tree, and its containers under exactly the rights that the manifest gives them.
package pod

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// dockerfile is that of both containers.
const dockerfile = "../../deploy/image/Dockerfile"

// image is a root file system: a tree, and what a Dockerfile's stage has put over it.
type image struct{ base, layer string }

// imageOf carries out the stage image of deploy/image/Dockerfile on a tree that has FRR, as the stage before it would have
// left it. The programs that it copies are in out.
func imageOf(ctx context.Context, dir, tree, out string) (image, error) {
	stages, err := readDockerfile(dockerfile)
	if err != nil {
		return image{}, err
	}
	last, err := stageOf(stages, "image")
	if err != nil {
		return image{}, err
	}
	made := image{base: tree, layer: filepath.Join(dir, "layer")}
	for _, name := range []string{"layer", "work", "root"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return image{}, err
		}
	}
	script, err := last.script(out)
	if err != nil {
		return image{}, err
	}
	mount := fmt.Sprintf("mount -t overlay -o lowerdir=%s,upperdir=%s,workdir=%s image root\n", tree, made.layer, filepath.Join(dir, "work"))
	if err := alone(ctx, dir, mount+script); err != nil {
		return image{}, fmt.Errorf("the Dockerfile's stage image on %s: %w", tree, err)
	}
	return made, nil
}

// script does in a shell what the steps of a stage say, in the directory root.
func (s stage) script(out string) (string, error) {
	var script strings.Builder
	for _, step := range s.steps {
		switch step.op {
		case "RUN":
			fmt.Fprintf(&script, "chroot root /bin/sh -c %s\n", quoted(step.args))
		case "COPY":
			copied, err := copying(step.args, out)
			if err != nil {
				return "", err
			}
			script.WriteString(copied)
		case "ARG", "LABEL", "ENTRYPOINT", "USER", "CMD":
		default:
			return "", fmt.Errorf("%s %s is not understood", step.op, step.args)
		}
	}
	return script.String(), nil
}

// copying does what COPY says: with the programs, or with files of the context.
func copying(args, out string) (string, error) {
	if to, ok := strings.CutPrefix(args, "--from=build /out/ "); ok {
		return fmt.Sprintf("cp %s/* root%s\n", quoted(out), to), nil
	}
	allowed, err := contextFiles(dockerfile + ".dockerignore")
	if err != nil {
		return "", err
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	words := strings.Fields(args)
	to := words[len(words)-1]
	script := "mkdir -p root" + to + "\n"
	for _, file := range words[:len(words)-1] {
		if !slices.Contains(allowed, file) {
			return "", fmt.Errorf("COPY %s: %s.dockerignore keeps %s away", args, dockerfile, file)
		}
		script += fmt.Sprintf("cp %s root%s\n", quoted(filepath.Join(top, file)), to)
	}
	return script, nil
}

// quoted is a word of a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// build builds programs of this tree into a directory, with the flags of the Dockerfile but for -trimpath, which would
// have everything compiled once more.
func build(ctx context.Context, out string, programs ...string) error {
	args := []string{"build", "-ldflags", "-s -w", "-o", out + "/"}
	for _, p := range programs {
		args = append(args, "github.com/k8frr/k8frr/cmd/"+p)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %v: %w: %s", args, err, said)
	}
	return nil
}

// treeOf is the tree that has a version of FRR: this machine's own, or the one that integration/setup.sh has made.
func treeOf(version string) string {
	if version == "8.4" {
		return "/"
	}
	return filepath.Join(cmp.Or(os.Getenv("K8FRR_CACHE"), "/var/cache/k8frr"), "trixie")
}
