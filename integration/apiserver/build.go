package apiserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// buildTimeout is for a first build on a small machine; a found one takes milliseconds.
const buildTimeout = time.Hour

// build returns the directory of kube-apiserver and kubectl, which build.sh makes if it
// is not there.
func build(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module of this test: go env GOMOD: %w", err)
	}
	script := filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "integration", "apiserver", "build.sh")
	cmd := exec.CommandContext(ctx, script)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	programs, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("build kube-apiserver and kubectl: %s: %w", script, err)
	}
	return strings.TrimSpace(string(programs)), nil
}
