package files_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/supervise/files"
)

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = time.Minute

// watching starts Watch and returns the channel that notify feeds.
func watching(t *testing.T, f interface {
	Watch(context.Context, func()) error
}) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	events, done := make(chan struct{}, 100), make(chan error, 1)
	go func() { done <- f.Watch(ctx, func() { events <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-events:
	case <-time.After(patience):
		t.Fatal("the watch does not stand")
	}
	return events
}

// becomes looks again on every event until the AS number is the wanted one.
func becomes(t *testing.T, f *files.Files, events <-chan struct{}, want uint32) {
	t.Helper()
	deadline := time.After(patience)
	var last string
	for {
		select {
		case <-events:
			o, err := f.Observe(t.Context())
			switch {
			case err != nil:
				last = err.Error()
			case o.Configuration == nil:
				last = "no configuration"
			case uint32(o.Configuration.Spec.Global.ASN) == want:
				return
			default:
				last = fmt.Sprint("AS ", o.Configuration.Spec.Global.ASN)
			}
		case <-deadline:
			t.Fatalf("not AS %d but: %s", want, last)
		}
	}
}

func quiet(t *testing.T, events <-chan struct{}) {
	t.Helper()
	select {
	case <-events:
		t.Error("notified of nothing")
	case <-time.After(200 * time.Millisecond):
	}
}

func TestWatchEdits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bgp.yaml")
	write(t, path, configuration("default", 1))
	f := observer(dir)
	events := watching(t, f)

	t.Run("written in place", func(t *testing.T) {
		write(t, path, configuration("default", 2))
		becomes(t, f, events, 2)
	})
	t.Run("renamed over", func(t *testing.T) {
		write(t, filepath.Join(dir, ".bgp.yaml.tmp"), configuration("default", 3))
		if err := os.Rename(filepath.Join(dir, ".bgp.yaml.tmp"), path); err != nil {
			t.Fatal(err)
		}
		becomes(t, f, events, 3)
	})
	t.Run("moved away and written anew", func(t *testing.T) { // as vim does
		if err := os.Rename(path, path+"~"); err != nil {
			t.Fatal(err)
		}
		write(t, path, configuration("default", 4))
		becomes(t, f, events, 4)
	})
	for len(events) > 0 {
		<-events
	}
	t.Run("temporary files", func(t *testing.T) {
		for _, name := range []string{"4913", ".bgp.yaml.swp", "bgp.yaml~", "#bgp.yaml#"} {
			write(t, filepath.Join(dir, name), "not: [yaml")
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		quiet(t, events)
	})
}

// What is there between two writes is never taken for the whole. A machine so
// busy that the writer itself pauses for long proves nothing; then again.
func TestFileBeingWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bgp.yaml")
	write(t, path, configuration("default", 1))
	f := observer(dir)
	events := watching(t, f)
	observe(t, f)
	for want := uint32(2); ; want++ {
		pause := make(chan time.Duration, 1)
		go func() { pause <- writeSlowly(t, path, configuration("default", int(want))) }()
		half := false
		for done := false; !done; {
			<-events
			o := observe(t, f)
			half = half || o.Configuration == nil || len(o.Configuration.Spec.Neighbors) != 1
			done = o.Configuration != nil && uint32(o.Configuration.Spec.Global.ASN) == want && !half
			if half && len(pause) > 0 {
				break
			}
		}
		longest := <-pause
		if !half {
			return
		}
		if longest < 30*time.Millisecond {
			t.Fatalf("half a file is read, though the writer never paused for more than %v", longest)
		}
	}
}

// writeSlowly empties a file, which is then valid and declares nothing, fills it
// line by line, and returns the longest pause between two writes.
func writeSlowly(t *testing.T, path, text string) (longest time.Duration) {
	file, err := os.Create(path)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer file.Close()
	last := time.Now()
	for line := range strings.Lines(text) {
		if _, err := file.WriteString(line); err != nil {
			t.Error(err)
		}
		longest, last = max(longest, time.Since(last)), time.Now()
		time.Sleep(5 * time.Millisecond)
	}
	return longest
}

// A writer that never rests gets an error, not a wait without end.
func TestEndlessWriting(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bgp.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	write(t, path, configuration("default", 1))
	go func() {
		for ctx.Err() == nil {
			_ = os.Chtimes(path, time.Now(), time.Now())
			time.Sleep(5 * time.Millisecond)
		}
	}()
	f := observer(dir)
	_, err := f.Observe(t.Context())
	if want := dir + " is still being written; it is read again when that is done"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	cancel()
	observe(t, f)
}

// Kubernetes mounts a ConfigMap as links into a directory that ..data points
// to, and replaces ..data.
func TestConfigMapMount(t *testing.T) {
	dir := t.TempDir()
	update := func(n int) {
		t.Helper()
		version := fmt.Sprintf("..2026_01_01_%d", n)
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, version, "bgp.yaml"), configuration("default", n))
		if err := os.Symlink(version, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	update(1)
	if err := os.Symlink("..data/bgp.yaml", filepath.Join(dir, "bgp.yaml")); err != nil {
		t.Fatal(err)
	}
	f := observer(dir)
	events := watching(t, f)
	if asn := observe(t, f).Configuration.Spec.Global.ASN; asn != 1 {
		t.Errorf("AS %d", asn)
	}
	update(2)
	if err := os.RemoveAll(filepath.Join(dir, "..2026_01_01_1")); err != nil {
		t.Fatal(err)
	}
	becomes(t, f, events, 2)
}

func TestDirectoryComesLaterAndIsReplaced(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "etc", "k8frr")
	f := observer(dir)
	events := watching(t, f)

	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bgp.yaml"), configuration("default", 1))
	becomes(t, f, events, 1)

	next := filepath.Join(top, "next")
	if err := os.Mkdir(next, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(next, "bgp.yaml"), configuration("default", 2))
	if err := os.Rename(dir, filepath.Join(top, "old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, dir); err != nil {
		t.Fatal(err)
	}
	becomes(t, f, events, 2)

	write(t, filepath.Join(dir, "bgp.yaml"), configuration("default", 3))
	becomes(t, f, events, 3)

	if err := os.RemoveAll(filepath.Join(top, "etc")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bgp.yaml"), configuration("default", 4))
	becomes(t, f, events, 4)
}
