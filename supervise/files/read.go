package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/k8frr/k8frr/api/manifest"
)

const (
	// settle is how long a directory must not have changed before it is read.
	// An editor empties, writes and renames files within a few milliseconds,
	// and what can be seen meanwhile may well be valid: a file that is still
	// empty declares nothing, and would end all sessions.
	settle = 50 * time.Millisecond
	// patience is how long to wait for that.
	patience = time.Second
)

// read reads all documents of a directory that has settled, and says in which
// state it was.
func read(ctx context.Context, dir string) ([]manifest.Document, state, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("%s %w", dir, errBusy))
	defer cancel()
	for {
		before, err := stat(dir)
		if err != nil {
			return nil, state{}, err
		}
		if age := time.Since(before.changed); age >= 0 && age < settle {
			if err := sleep(ctx, settle-age); err != nil {
				return nil, state{}, err
			}
			continue
		}
		var documents []manifest.Document
		var errs []error
		for _, name := range before.names {
			read, err := readFile(filepath.Join(before.dir, name), name)
			documents, errs = append(documents, read...), append(errs, err)
		}
		if after, err := stat(dir); err == nil && after.equal(before) {
			return documents, after, errors.Join(errs...)
		}
		if err := sleep(ctx, settle); err != nil {
			return nil, state{}, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

func readFile(path, name string) ([]manifest.Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return manifest.Read(file, name)
}

// state is which files a directory has, and when any of them last changed.
type state struct {
	dir     string
	names   []string
	changed time.Time
}

func (s state) equal(t state) bool {
	return s.dir == t.dir && s.changed.Equal(t.changed) && strings.Join(s.names, "/") == strings.Join(t.names, "/")
}

// stat looks at a directory. Where Kubernetes mounts a ConfigMap or a Secret,
// the files are in the directory that the symbolic link ..data points to, and
// an update replaces the link: by following it first, all files are of one
// update.
func stat(dir string) (state, error) {
	s := state{dir: dir}
	if target, err := filepath.EvalSymlinks(filepath.Join(dir, "..data")); err == nil {
		s.dir = target
	}
	for _, d := range []string{dir, s.dir} {
		info, err := os.Stat(d)
		if err != nil {
			return state{}, fmt.Errorf("configuration directory: %w", err)
		}
		s.note(info)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return state{}, fmt.Errorf("configuration directory: %w", err)
	}
	for _, entry := range entries {
		if !relevant(entry.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(s.dir, entry.Name()))
		if err != nil {
			return state{}, fmt.Errorf("configuration directory: %w", err)
		}
		if info.Mode().IsRegular() {
			s.names = append(s.names, entry.Name())
			s.note(info)
		}
	}
	return s, nil
}

func (s *state) note(info fs.FileInfo) {
	if t := info.ModTime(); t.After(s.changed) {
		s.changed = t
	}
}

// relevant says whether a file of that name is read. What editors and package
// managers leave beside it is not: .bgp.yaml.swp, bgp.yaml~, bgp.yaml.dpkg-new.
func relevant(name string) bool {
	switch filepath.Ext(name) {
	case ".yaml", ".yml", ".json":
		return !strings.HasPrefix(name, ".")
	}
	return false
}
