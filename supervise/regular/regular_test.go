//go:build linux

package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("file"), []byte("0123456789"), 0o600))
	must(os.Symlink(at("file"), at("link")))
	must(os.Symlink("/dev/zero", at("device")))
	must(syscall.Mkfifo(at("fifo"), 0o600))
	must(os.Mkdir(at("directory"), 0o700))
	must(os.WriteFile(at("huge"), nil, 0o600))
	must(os.Truncate(at("huge"), 1<<40))

	if text, err := Read(at("file"), 10); err != nil || string(text) != "0123456789" {
		t.Errorf("read %q, %v", text, err)
	}
	for name, want := range map[string]string{"link": "symbolic links", "device": "symbolic links", "fifo": "no regular file",
		"directory": "no regular file", "huge": "more than 10 bytes"} {
		if text, err := Read(at(name), 10); text != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: read %q, %v, and not an error about %q", name, text, err, want)
		}
	}
	if text, err := ReadLinked(at("link"), 10); err != nil || string(text) != "0123456789" {
		t.Errorf("through a link: read %q, %v", text, err)
	}
	for name, want := range map[string]string{"device": "no regular file", "fifo": "no regular file", "huge": "more than 10 bytes"} {
		if text, err := ReadLinked(at(name), 10); text != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s, links followed: read %q, %v, and not an error about %q", name, text, err, want)
		}
	}
	if _, err := Read(at("file"), 9); err == nil {
		t.Error("10 bytes were read where 9 are allowed")
	}
	if _, err := Read("/proc/self/status", 9); err == nil { // its size is shown as 0
		t.Error("a file that shows no size was read beyond the limit")
	}
	if _, err := Read(at("none"), 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v", err)
	}
}
