package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/supervise/files"
)

// TestOddFiles checks what is read of directories that hold more than anybody needs, or what has no end. A symbolic link
// is followed, as those of a mounted ConfigMap are.
func TestOddFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(dir, ending string) error
		want string // in the error; "" for none
	}{
		"sparse": {func(dir, ending string) error {
			if err := os.WriteFile(filepath.Join(dir, "x"+ending), nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(filepath.Join(dir, "x"+ending), 1<<40)
		}, "has more than 4194304 bytes"},
		"large together": {func(dir, ending string) error {
			for i := range 3 {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ending)), []byte(strings.Repeat(" \n", 1<<20)), 0o600); err != nil {
					return err
				}
			}
			return nil
		}, "has more than "},
		"many": {func(dir, ending string) error {
			for i := range 1001 {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ending)), nil, 0o600); err != nil {
					return err
				}
			}
			return nil
		}, "has 1001 files, and may have 1000"},
		"FIFO":   {func(dir, ending string) error { return syscall.Mkfifo(filepath.Join(dir, "x"+ending), 0o600) }, ""},
		"device": {func(dir, ending string) error { return os.Symlink("/dev/zero", filepath.Join(dir, "x"+ending)) }, ""},
		"loop":   {func(dir, ending string) error { return os.Symlink("x"+ending, filepath.Join(dir, "x"+ending)) }, "too many levels of symbolic links"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, ending := range []string{".yaml", ".tmpl"} {
				dir := t.TempDir()
				if err := tt.make(dir, ending); err != nil {
					t.Fatal(err)
				}
				_, err := observer(dir).Observe(t.Context())
				if ending == ".tmpl" {
					_, err = files.NewTemplates(dir).Renderer(t.Context())
				}
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: %v, want %q", ending, err, tt.want)
				}
			}
		})
	}
}
