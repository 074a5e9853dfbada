//go:build linux

package pod

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fromNothing makes the tree and the programs that stage image needs, by what the stages before it say: a fresh Debian in the
// place of the image debian, and this machine's in that of golang. It returns the tree, and the directory of the programs.
func fromNothing(ctx context.Context, dir string) (tree, out string, err error) {
	stages, err := readDockerfile(dockerfile)
	if err != nil {
		return "", "", err
	}
	tree, out = filepath.Join(dir, "tree"), filepath.Join(dir, "out")
	for _, make := range []func(context.Context, []stage, string) error{debianTree, programs} {
		if err := make(ctx, stages, dir); err != nil {
			return "", "", err
		}
	}
	return tree, out, nil
}

// debianTree is what stage debian leaves.
func debianTree(ctx context.Context, stages []stage, dir string) error {
	debian, err := stageOf(stages, "debian")
	if err != nil {
		return err
	}
	release := strings.TrimSuffix(strings.TrimPrefix(debian.from, "debian:"), "-slim")
	script := fmt.Sprintf(`debootstrap --variant=minbase --include=ca-certificates %s tree
for file in /etc/resolv.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*Proxy*; do
	[ ! -e "$file" ] || cp -L "$file" "tree$file"
done
mount -t proc proc tree/proc
mount --rbind /dev tree/dev
`, release)
	for _, step := range debian.steps {
		if step.op != "RUN" {
			return fmt.Errorf("%s %s is not understood", step.op, step.args)
		}
		script += "chroot tree /bin/sh -c " + quoted(step.args) + "\n"
	}
	return alone(ctx, dir, script)
}

// programs are what stage build leaves in /out, from the files that the context has.
func programs(ctx context.Context, stages []stage, dir string) error {
	build, err := stageOf(stages, "build")
	if err != nil {
		return err
	}
	files, err := contextFiles(dockerfile + ".dockerignore")
	if err != nil {
		return err
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	// A copy of the machine: what is written goes to memory.
	script := "mkdir machine\nmount -t tmpfs memory machine\nmkdir machine/upper machine/work machine/root\n" +
		"mount -t overlay -o lowerdir=/,upperdir=machine/upper,workdir=machine/work machine machine/root\n" +
		"mount --rbind /dev machine/root/dev\nmount -t proc proc machine/root/proc\nmkdir machine/root/src\n"
	script += fmt.Sprintf("(cd %s && tar -c %s) | tar -xC machine/root/src\n", quoted(top), strings.Join(files, " "))
	for _, step := range build.steps {
		// What else it runs fetches modules, which are here.
		if _, command, ok := strings.Cut(step.args, "CGO_ENABLED"); ok && step.op == "RUN" {
			script += "chroot machine/root /bin/sh -c " + quoted("cd /src && TARGETOS=linux TARGETARCH=amd64 VERSION=test && CGO_ENABLED"+command) + "\n"
		}
	}
	return alone(ctx, dir, script+"cp -r machine/root/out .\n")
}

// contextFiles are the files and directories that a .dockerignore lets through: it forbids all and names exceptions.
func contextFiles(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for line := range strings.Lines(string(text)) {
		if file, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			files = append(files, file)
		}
	}
	return files, nil
}

// alone runs a script in a directory and in a mount namespace: nothing stays mounted.
func alone(ctx context.Context, dir, script string) error {
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--propagation", "private", "sh", "-euc", script)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}
