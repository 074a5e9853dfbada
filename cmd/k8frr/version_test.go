package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is released says which release it is.
func TestVersionIsStamped(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // of compiling, if need be
	defer cancel()
	for command, argument := range map[string]string{"k8frr": "version", "k8frr-agent": "--version"} {
		t.Run(command, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), command)
			build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w -X main.version=v9.8.7-test", "-o", program, "../"+command)
			build.Env = append(build.Environ(), "GOOS=linux", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err := exec.CommandContext(ctx, program, argument).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "v9.8.7-test") {
				t.Errorf("%s %s says %q, %v", command, argument, out, err)
			}
		})
	}
}
