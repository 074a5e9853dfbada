//go:build linux

package vtysh_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/supervise/vtysh"
)

// A vtysh that cannot run for a while, as in the middle of an upgrade, is no vtysh that has no options: the one that can is run
// as it has to be, on 10.x without a process per daemon.
func TestBrokenForAWhile(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		dir := t.TempDir()
		path, ran := filepath.Join(dir, "vtysh"), filepath.Join(dir, "ran")
		write := func(script string) {
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		c := vtysh.New(vtysh.Options{Path: path, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir})
		defer c.Close()

		write("echo 'error while loading shared libraries: libfrr.so.0' >&2; exit 127")
		lines := []string{"ip prefix-list A seq 5 permit any"}
		if err := c.Apply(t.Context(), lines); err == nil || !strings.Contains(err.Error(), "loading shared libraries") {
			t.Errorf("with a vtysh that cannot run: %v", err)
		}
		write(fmt.Sprintf(`echo "$*" >>%s; exec %s "$@"`, ran, f.VtyshPath))
		if err := c.Apply(t.Context(), lines); err != nil {
			t.Fatal(err)
		}
		args, err := os.ReadFile(ran)
		if err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(string(args), "--no-fork"); has != (f.FRR.Version.Name != "8.4") {
			t.Errorf("vtysh was run so:\n%s", args)
		}
		if text := running(t, f); !hasLine(text, lines[0]) {
			t.Errorf("%s is not in\n%s", lines[0], text)
		}
	})
}
