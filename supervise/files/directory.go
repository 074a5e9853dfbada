package files

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
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

// directory is a directory whose files belong together, not those below it. It
// need not exist.
type directory struct {
	path string
	// what it is, for errors.
	what string
	// endings are those of the names of files that are read.
	endings []string
	// stale is set when something happened that file times may not show.
	stale atomic.Bool
}

func newDirectory(path, what string, endings ...string) *directory {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return &directory{path: filepath.Clean(path), what: what, endings: endings}
}

// read calls read with the state of the directory when it has settled, again if
// files change meanwhile, and returns the state that was read.
func (d *directory) read(ctx context.Context, read func(state) error) (state, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("%s %w", d.path, errBusy))
	defer cancel()
	for {
		before, err := d.stat()
		if err != nil {
			return state{}, err
		}
		if age := time.Since(before.changed); age >= 0 && age < settle {
			if err := sleep(ctx, settle-age); err != nil {
				return state{}, err
			}
			continue
		}
		err = read(before)
		if after, statErr := d.stat(); statErr == nil && after.equal(before) {
			return after, err
		}
		if err := sleep(ctx, settle); err != nil {
			return state{}, err
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

// state is which files a directory has, and when any of them last changed.
type state struct {
	dir     string
	names   []string
	changed time.Time
}

func (s state) equal(t state) bool {
	return s.dir == t.dir && s.changed.Equal(t.changed) && strings.Join(s.names, "/") == strings.Join(t.names, "/")
}

// stat looks at the directory. Where Kubernetes mounts a ConfigMap or a Secret,
// the files are in the directory that the symbolic link ..data points to, and
// an update replaces the link: by following it first, all files are of one
// update.
func (d *directory) stat() (state, error) {
	s := state{dir: d.path}
	if target, err := filepath.EvalSymlinks(filepath.Join(d.path, "..data")); err == nil {
		s.dir = target
	}
	for _, dir := range []string{d.path, s.dir} {
		info, err := os.Stat(dir)
		if err != nil {
			return state{}, fmt.Errorf("%s: %w", d.what, err)
		}
		s.note(info)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return state{}, fmt.Errorf("%s: %w", d.what, err)
	}
	for _, entry := range entries {
		if !d.relevant(entry.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(s.dir, entry.Name()))
		if err != nil {
			return state{}, fmt.Errorf("%s: %w", d.what, err)
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

// relevant reports whether a file of that name is read. What editors and package
// managers leave beside it is not: .bgp.yaml.swp, bgp.yaml~, bgp.yaml.dpkg-new.
func (d *directory) relevant(name string) bool {
	return slices.Contains(d.endings, filepath.Ext(name)) && !strings.HasPrefix(name, ".")
}
