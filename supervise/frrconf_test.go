package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestConfigFile(t *testing.T) {
	dir := t.TempDir()
	group := os.Getgid()
	if os.Geteuid() == 0 { // only root can give a directory to another group
		group = 65534
		if err := os.Chown(dir, -1, group); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "frr.conf")
	if err := os.WriteFile(path, []byte("of the operator\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := configFile{path: path}
	f.load()

	if err := f.write("hostname a\n"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o640 {
		t.Errorf("mode %o, want 640: it holds passwords", got)
	}
	if got := int(info.Sys().(*syscall.Stat_t).Gid); got != group {
		t.Errorf("group %d, want the directory's, %d", got, group)
	}
	if text, _ := os.ReadFile(path); string(text) != "hostname a\n" {
		t.Errorf("the file holds %q", text)
	}

	inode := func() uint64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Ino
	}
	before := inode()
	if err := f.write("hostname a\n"); err != nil {
		t.Fatal(err)
	}
	if inode() != before {
		t.Error("the same text was written again")
	}
	if err := f.write("hostname b\n"); err != nil {
		t.Fatal(err)
	}
	if inode() == before {
		t.Error("the file was changed in place: a reader could see half of it")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}

	gone := configFile{path: filepath.Join(dir, "none", "frr.conf")}
	if err := gone.write("x\n"); err == nil || !strings.Contains(err.Error(), "frr.conf could not be written") {
		t.Errorf("error %v does not say which file", err)
	}
}
