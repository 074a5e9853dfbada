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

// watch calls notify once when it stands, and then whenever what is read of the
// directory may be another, until the context ends. The directory may be
// replaced, removed and made later.
func (d *directory) watch(ctx context.Context, notify func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", d.path, err)
	}
	defer watcher.Close()
	if err := d.attach(watcher); err != nil {
		return err
	}
	notify()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-watcher.Events:
			switch {
			case d.leadsTo(event.Name):
				_ = watcher.Remove(d.path) // it may be that of a directory that was moved away
				if err := d.attach(watcher); err != nil {
					return err
				}
			case !d.matters(event.Name):
				continue
			}
			d.stale.Store(true)
			notify()
		case <-watcher.Errors: // events were lost, so anything may have changed
			d.stale.Store(true)
			if err := d.attach(watcher); err != nil {
				return err
			}
			notify()
		}
	}
}

// attach watches the directory, and above it the nearest one that exists, where
// a replacement will appear.
func (d *directory) attach(watcher *fsnotify.Watcher) error {
	// The second round finds what appeared during the first, before there was
	// a watch to report it.
	for range 2 {
		for path := d.path; ; path = filepath.Dir(path) {
			err := watcher.Add(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("watch %s: %w", path, err)
			}
			if err == nil && path != d.path || path == filepath.Dir(path) {
				break
			}
		}
	}
	return nil
}

// leadsTo reports whether a path is the directory or one above it.
func (d *directory) leadsTo(path string) bool {
	return path == d.path || strings.HasPrefix(d.path, path+string(filepath.Separator))
}

// matters reports whether a path is a file that is read, or the link by which
// Kubernetes replaces all files of a mounted ConfigMap at once.
func (d *directory) matters(path string) bool {
	name := filepath.Base(path)
	return filepath.Dir(path) == d.path && (name == "..data" || d.relevant(name))
}
