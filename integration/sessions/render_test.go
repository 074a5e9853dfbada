//go:build linux

package sessions

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// TestRenderedIsWhatFRRShows has FRR load every configuration that package
// render is expected to render, and asks what runs: nothing may differ. A line
// that FRR refuses, spells otherwise or does not show would be entered again
// and again by the agent.
func TestRenderedIsWhatFRRShows(t *testing.T) {
	files, err := filepath.Glob("../../render/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no rendered configurations", err)
	}
	for _, version := range lab.Versions {
		for _, file := range files {
			text := rendered(t, file, version)
			if text == "" {
				continue // a case that ends in an error
			}
			t.Run(version.Name+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				t.Parallel()
				for _, d := range plan.Differences(loaded(t, version, text), text) {
					t.Error(d)
				}
			})
		}
	}
}

// rendered is the frr.conf in a test case of package render.
func rendered(t *testing.T, file string, version lab.Version) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range archive.Files {
		texts[f.Name] = string(f.Data)
	}
	if text, differs := texts["frr-8.4.conf"]; differs && version.Name == lab.FRR84.Name {
		return text
	}
	return texts["frr.conf"]
}

// loaded is what an FRR runs that was started with a configuration.
func loaded(t *testing.T, version lab.Version, text string) string {
	t.Helper()
	host := lab.New(t).Host("node")
	for _, link := range []string{"eth0", "eth1", "eth2", "kube-lb0"} {
		if _, err := host.Exec(t.Context(), "ip", "link", "add", link, "up", "type", "ifb"); err != nil {
			t.Fatal(err)
		}
	}
	f := host.FRR(version, lab.Daemons("bfdd"), lab.Config(text))
	f.Start()
	client := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir})
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	running, err := client.Running(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return running
}
