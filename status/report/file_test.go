package report

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

func TestFile(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077)) // of the agent's choice, and nobody else's loss
	ctx := context.Background()
	w := FileWriter{Path: filepath.Join(t.TempDir(), "status.yaml")}
	if before, err := w.Read(ctx); before != nil || err != nil {
		t.Fatal(before, err)
	}
	s := status.Build(status.Observation{Node: "worker-1", Now: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)})
	for range 2 {
		if err := w.Write(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	before, err := w.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&s, before); diff != "" {
		t.Error(diff)
	}
	text, err := os.ReadFile(w.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"apiVersion: bgp.purelb.io/v1\n", "kind: BGPNodeStatus\n", "  name: worker-1\n", "  healthy: false\n"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	if info, err := os.Stat(w.Path); err != nil || info.Mode().Perm() != 0o644 {
		t.Error(info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(w.Path)); err != nil || len(entries) != 1 {
		t.Error("more than the status is there:", entries, err)
	}
}

func TestFileOfSomebodyElse(t *testing.T) {
	ctx := context.Background()
	w := FileWriter{Path: filepath.Join(t.TempDir(), "status.yaml")}
	if err := os.WriteFile(w.Path, []byte("status: [this is none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if before, err := w.Read(ctx); before != nil || err != nil {
		t.Error(before, err)
	}
	if err := w.Write(ctx, v1.BGPNodeStatusData{NodeName: "worker-1"}); err != nil {
		t.Error(err)
	}
	if before, err := w.Read(ctx); err != nil || before.NodeName != "worker-1" {
		t.Error(before, err)
	}
}

func TestFileWithoutDirectory(t *testing.T) {
	w := FileWriter{Path: filepath.Join(t.TempDir(), "no", "status.yaml")}
	if err := w.Write(context.Background(), v1.BGPNodeStatusData{}); err == nil || !strings.Contains(err.Error(), w.Path) {
		t.Errorf("the error does not name the file: %v", err)
	}
}
