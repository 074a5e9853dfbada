package supervise

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/k8frr/k8frr/supervise/regular"
)

// configFile is a file that FRR reads when it is started, as frr.conf: always
// whole, replaced at once, so that FRR comes up right whenever that is.
type configFile struct {
	path string
	// written is what the file holds, as far as this process knows.
	written []byte
	// kept are the operator's lines that the file holds besides.
	kept string
}

// load reads what the file holds.
func (f *configFile) load() { f.written, _ = regular.Read(f.path, largestFile) }

// write replaces frr.conf if it does not hold the text.
func (f *configFile) write(text string) error {
	if err := f.replace(f.whole(text)); err != nil {
		return fmt.Errorf("frr.conf could not be written: %w", err)
	}
	return nil
}

// replace replaces the file if it does not hold the text. It may hold passwords:
// its owner reads and writes it, the directory's group (FRR's) reads it, nobody
// else.
func (f *configFile) replace(text string) error {
	if bytes.Equal(f.written, []byte(text)) {
		return nil
	}
	if err := f.preserve(); err != nil {
		return err
	}
	err := replacePrivate(f.path, []byte(text), func(t *os.File) error { return shareWithGroup(t, filepath.Dir(f.path)) })
	if err == nil {
		f.written = []byte(text)
	}
	return err
}

// shareWithGroup lets the directory's group read the file.
func shareWithGroup(f *os.File, dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := f.Chown(-1, int(sys.Gid)); err != nil {
			return nil // not ours to give: then only the owner reads it
		}
	}
	return f.Chmod(0o640)
}
