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

// operator is a template that prints a number.
func operator(n int) string { return fmt.Sprintf("access-list MINE seq %d permit any\n", n) }

// overrides waits until, after an event, the overriding texts of a directory
// are the wanted ones.
func overrides(t *testing.T, of *files.Templates, events <-chan struct{}, want ...string) {
	t.Helper()
	var last string
	for end := time.After(patience); ; {
		r, err := of.Renderer(t.Context())
		if err != nil {
			last = err.Error()
		} else {
			var texts []string
			for _, text := range r.Overrides() {
				texts = append(texts, text)
			}
			if last = strings.Join(texts, ""); last == strings.Join(want, "") {
				return
			}
		}
		select {
		case <-events:
		case <-end:
			t.Fatalf("not %q but %q", want, last)
		}
	}
}

func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "operator.tmpl")
	for _, ignored := range []string{".operator.tmpl.swp", "operator.tmpl~", "README.md", ".hidden.tmpl", "operator.tmpl.orig"} {
		write(t, filepath.Join(dir, ignored), "{{broken")
	}
	of := files.NewTemplates(dir)
	events := watching(t, of)
	overrides(t, of, events)

	write(t, path, operator(1))
	overrides(t, of, events, operator(1))
	one, err := of.Renderer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := of.Renderer(t.Context()); again != one {
		t.Error("nothing has changed, but the templates were parsed again")
	}

	for len(events) > 0 {
		<-events
	}
	write(t, path, "\n{{if}}")
	<-events
	if _, err := of.Renderer(t.Context()); err == nil || !strings.HasPrefix(err.Error(), path+":2: ") {
		t.Errorf("error %v does not begin with %s:2", err, path)
	}
	write(t, path, operator(2))
	overrides(t, of, events, operator(2))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	overrides(t, of, events)
	if w := of.Warnings(); w != nil {
		t.Errorf("warnings %q", w)
	}
}

func TestTemplatesOfAMountedConfigMap(t *testing.T) {
	dir := t.TempDir()
	update := func(n int) {
		t.Helper()
		version := fmt.Sprintf("..2026_01_01_%d", n)
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, version, "operator.tmpl"), operator(n))
		if err := os.Symlink(version, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	update(1)
	if err := os.Symlink("..data/operator.tmpl", filepath.Join(dir, "operator.tmpl")); err != nil {
		t.Fatal(err)
	}
	of := files.NewTemplates(dir)
	events := watching(t, of)
	overrides(t, of, events, operator(1))
	for n := 2; n < 5; n++ {
		update(n)
		if err := os.RemoveAll(filepath.Join(dir, fmt.Sprintf("..2026_01_01_%d", n-1))); err != nil {
			t.Fatal(err)
		}
		overrides(t, of, events, operator(n))
	}
}

// Without the directory nothing is overridden, which is said. One that is
// replaced is never taken for one that has gone.
func TestTemplateDirectoryComesAndGoes(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "etc", "templates")
	of := files.NewTemplates(dir)
	events := watching(t, of)
	overrides(t, of, events)
	if w := of.Warnings(); len(w) != 1 || !strings.Contains(w[0], dir+" does not exist") {
		t.Errorf("warnings %q", w)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "operator.tmpl"), operator(1))
	overrides(t, of, events, operator(1))
	if w := of.Warnings(); w != nil {
		t.Errorf("warnings %q", w)
	}

	if err := os.Rename(dir, filepath.Join(top, "old")); err != nil {
		t.Fatal(err)
	}
	_, err := of.Renderer(t.Context())
	if notYet, ok := err.(interface{ NotYet() bool }); !ok || !notYet.NotYet() {
		t.Errorf("the directory has just gone, but the error is %v", err)
	}
	if err := os.Rename(filepath.Join(top, "old"), dir); err != nil {
		t.Fatal(err)
	}
	overrides(t, of, events, operator(1))

	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if r, err := of.Renderer(t.Context()); err == nil && len(r.Overrides()) == 0 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("the directory has gone for good, but: %v", err)
		}
	}
	if w := of.Warnings(); len(w) != 1 {
		t.Errorf("warnings %q", w)
	}
}

// A file that is being written slowly is read when it is done.
func TestTemplateBeingWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "operator.tmpl")
	write(t, path, operator(1))
	of := files.NewTemplates(dir)
	read := func() (gap time.Duration, err error) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			last := time.Now()
			for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
				now := time.Now()
				gap, last = max(gap, now.Sub(last)), now
				_ = os.Chtimes(path, now, now)
			}
			gap = max(gap, time.Since(last))
		}()
		_, err = of.Renderer(t.Context())
		cancel()
		<-done
		return gap, err
	}
	gap, err := read()
	for range 50 {
		if gap < 40*time.Millisecond { // otherwise a busy machine has let the file rest
			break
		}
		gap, err = read()
	}
	if err == nil || !strings.Contains(err.Error(), dir+" is still being written") {
		t.Errorf("error %v", err)
	}
	overrides(t, of, nil, operator(1))
}
