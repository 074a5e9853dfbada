package supervise

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A private file is private whatever the umask is, whoever may read the one in its place, and whatever that is: a symbolic
// link is replaced, not followed. Nothing is ever written to where TMPDIR says.
func TestReplacePrivate(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, umask := range []int{0, 0o022, 0o077} {
		dir := t.TempDir()
		open, link, target := filepath.Join(dir, "open"), filepath.Join(dir, "link"), filepath.Join(dir, "target")
		for _, path := range []string{open, target} {
			if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		before := syscall.Umask(umask)
		defer syscall.Umask(before)
		for _, path := range []string{open, link, filepath.Join(dir, "new")} {
			var meanwhile []string
			look := func(f *os.File) error {
				info, err := f.Stat()
				meanwhile = append(meanwhile, filepath.Dir(f.Name()), info.Mode().String())
				return err
			}
			if err := replacePrivate(path, []byte("new"), look); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(meanwhile, []string{dir, "-rw-------"}) {
				t.Errorf("umask %o: %s was written as %q", umask, path, meanwhile)
			}
			info, err := os.Lstat(path)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("umask %o: %s has mode %v, %v", umask, path, info.Mode(), err)
			}
		}
		syscall.Umask(before)
		if text, err := os.ReadFile(target); err != nil || string(text) != "old" {
			t.Errorf("what a symbolic link led to holds %q, %v", text, err)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("in TMPDIR there is %v, %v", left, err)
	}
}

// An error does not name the file that was there for a moment: the same error would be told again and again.
func TestReplacePrivateSaysTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "frr.conf")
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	first, second := replacePrivate(path, nil), replacePrivate(path, nil)
	if first == nil || second == nil || first.Error() != second.Error() || strings.Contains(first.Error(), "frr.conf") {
		t.Errorf("%v, then %v", first, second)
	}
	gone := filepath.Join(t.TempDir(), "gone", "frr.conf")
	if first, second := replacePrivate(gone, nil), replacePrivate(gone, nil); first == nil || first.Error() != second.Error() {
		t.Errorf("%v, then %v", first, second)
	}
}

// What was left half-written goes, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	left := []string{".frr.conf.swp", ".frr.conf", "frr.conf", "frr.conf123", "k8frr-last-good.json", ".vtysh.conf1"}
	for _, name := range append([]string{".frr.conf123", ".daemons4", ".k8frr-last-good.json567"}, left...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sweep(dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(left)
	if !slices.Equal(names, left) {
		t.Errorf("left are %q, and should be %q", names, left)
	}
	sweep(filepath.Join(dir, "gone"))
}
