package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// Watch calls notify once when it stands, and then whenever the directory may
// declare something else, until the context ends. The directory may be
// replaced, removed and made later.
func (f *Files) Watch(ctx context.Context, notify func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", f.dir, err)
	}
	defer watcher.Close()
	if err := f.attach(watcher); err != nil {
		return err
	}
	notify()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-watcher.Events:
			switch {
			case f.leadsTo(event.Name):
				_ = watcher.Remove(f.dir) // it may be that of a directory that was moved away
				if err := f.attach(watcher); err != nil {
					return err
				}
			case !f.declares(event.Name):
				continue
			}
			f.stale.Store(true)
			notify()
		case <-watcher.Errors: // events were lost, so anything may have changed
			f.stale.Store(true)
			if err := f.attach(watcher); err != nil {
				return err
			}
			notify()
		}
	}
}

// attach watches the directory, and above it the nearest one that exists, where
// a replacement will appear.
func (f *Files) attach(watcher *fsnotify.Watcher) error {
	// The second round finds what appeared during the first, before there was
	// a watch to report it.
	for range 2 {
		for dir := f.dir; ; dir = filepath.Dir(dir) {
			err := watcher.Add(dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("watch %s: %w", dir, err)
			}
			if err == nil && dir != f.dir || dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return nil
}

// leadsTo says whether a path is the directory or one above it.
func (f *Files) leadsTo(path string) bool {
	return path == f.dir || strings.HasPrefix(f.dir, path+string(filepath.Separator))
}

// declares says whether a path is a file that is read, or the link by which
// Kubernetes replaces all files of a mounted ConfigMap at once.
func (f *Files) declares(path string) bool {
	name := filepath.Base(path)
	return filepath.Dir(path) == f.dir && (name == "..data" || relevant(name))
}
