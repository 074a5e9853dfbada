//go:build linux

package vtysh

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// Watch calls notify when a daemon has died and when one has appeared, until ctx ends; then it returns nil, and an error
// only if watching is impossible. It also calls notify once at the beginning, when nothing can be missed any more. notify
// means "look again": it is never called twice at a time, and what happens while it runs is one more call. The socket
// directory need not exist yet, and may be removed and come back.
//
// A death is the end of file on a connection that is kept open to each daemon; its socket's file stays. A return is the
// creation of the file.
func (c *Client) Watch(ctx context.Context, notify func()) error {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch FRR's daemons: %w", err)
	}
	defer fs.Close()
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{fs: fs, dir: filepath.Clean(c.opt.SocketDir), news: make(chan struct{}, 1), holds: map[string]*hold{}}
	defer w.running.Wait()
	defer cancel()
	if err := w.attach(ctx); err != nil {
		return fmt.Errorf("watch FRR's daemons: %w", err)
	}
	w.tell()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.news:
			notify()
		case e := <-fs.Events:
			err = w.event(ctx, e)
		case <-fs.Errors: // events were lost
			err = w.attach(ctx)
		}
		if err != nil {
			return fmt.Errorf("watch FRR's daemons: %w", err)
		}
	}
}

// watch is the state of one call of Watch.
type watch struct {
	fs       *fsnotify.Watcher
	dir      string
	attached bool // dir exists and is watched; otherwise its nearest ancestor is
	news     chan struct{}
	holds    map[string]*hold
	running  sync.WaitGroup
}

func (w *watch) tell() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func (w *watch) event(ctx context.Context, e fsnotify.Event) error {
	switch {
	case !w.attached:
		return w.attach(ctx)
	case e.Name == w.dir && (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)):
		w.attached = false
		w.fs.Remove(w.dir) // after a rename it would follow the old directory
		return w.attach(ctx)
	case e.Has(fsnotify.Create) && filepath.Dir(e.Name) == w.dir:
		w.hold(ctx, filepath.Base(e.Name))
	}
	return nil
}

// attach watches the socket directory and holds on to every daemon in it, or watches the nearest directory above it.
func (w *watch) attach(ctx context.Context) error {
	for {
		at := nearest(w.dir)
		if err := w.fs.Add(at); errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if at == w.dir {
			break
		}
		if at == nearest(w.dir) { // else something was created before it was watched
			return nil
		}
	}
	for _, path := range w.fs.WatchList() {
		if path != w.dir {
			w.fs.Remove(path)
		}
	}
	w.attached = true
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		w.hold(ctx, e.Name())
	}
	w.tell()
	return nil
}

// nearest is the path itself, or the lowest directory above it that exists.
func nearest(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// hold keeps a connection to the daemon with that socket from now on, or tells the one who does to connect again.
func (w *watch) hold(ctx context.Context, file string) {
	if !strings.HasSuffix(file, ".vty") {
		return
	}
	h := w.holds[file]
	if h == nil {
		h = &hold{path: filepath.Join(w.dir, file), created: make(chan struct{}, 1), tell: w.tell}
		w.holds[file] = h
		w.running.Go(func() { h.keep(ctx) })
		return
	}
	select {
	case h.created <- struct{}{}:
	default:
	}
}
