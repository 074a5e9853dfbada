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

// TestFilesThatAreNone checks that what has no end is passed over in a directory, and that no more of a file is read than
// makes sense.
func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("bgp.yaml"), []byte(minimal), 0o600),
		syscall.Mkfifo(at("fifo.yaml"), 0o600),
		os.Symlink("/dev/zero", at("zero.yaml")),
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
	for _, name := range []string{at("sub"), at("sub/hole.yaml")} {
		stderr.Reset()
		if status := run([]string{"render", "--node", "n", "-f", name}, nil, &stdout, &stderr); status == statusOK || !strings.Contains(stderr.String(), "hole.yaml: has more than 268435456 bytes") {
			t.Errorf("%s: status %d: %s", name, status, stderr.String())
		}
	}
}
