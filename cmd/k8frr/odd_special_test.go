//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFilesThatAreNone checks that what has no end is not read in a directory, and named, and that no more of a file is read
// than makes sense.
func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("bgp.yaml"), []byte(minimal), 0o600),
		os.Symlink(dir, at("loop")),
		os.Mkdir(at("sub"), 0o700),
		os.WriteFile(at("sub/hole.yaml"), nil, 0o600),
		os.Truncate(at("sub/hole.yaml"), 1<<40),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if status := run([]string{"render", "--node", "n", "-f", dir}, nil, &stdout, &stderr); status != statusOK {
		t.Errorf("status %d: %s", status, stderr.String())
	}
	for name, make := range map[string]func(string) error{
		"fifo.yaml": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"zero.yaml": func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		if err := make(at(name)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"render", "--node", "n", "-f", dir}, {"validate", dir}, {"status", "-f", dir}} {
			stderr.Reset()
			stdout.Reset()
			if status := run(args, nil, &stdout, &stderr); status == statusOK || !strings.Contains(stdout.String()+stderr.String(), name+": is not a regular file") {
				t.Errorf("%s: status %d: %s%s", args, status, stdout.String(), stderr.String())
			}
		}
		if err := os.Remove(at(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{at("sub"), at("sub/hole.yaml")} {
		stderr.Reset()
		if status := run([]string{"render", "--node", "n", "-f", name}, nil, &stdout, &stderr); status == statusOK || !strings.Contains(stderr.String(), "hole.yaml: has more than 67108864 bytes") {
			t.Errorf("%s: status %d: %s", name, status, stderr.String())
		}
	}
}
