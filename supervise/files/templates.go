package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/k8frr/k8frr/render"
)

// Templates observes the *.tmpl files of a directory, not of those below it,
// which override this project's templates. Hidden files are left alone.
type Templates struct {
	dir *directory

	mu sync.Mutex
	// seen is the state in which renderer or err were made; zero if there was
	// no directory.
	seen     state
	renderer *render.Renderer
	err      error
	// missed is since when a directory that was there is not.
	missed   time.Time
	warnings []string
}

// NewTemplates makes an observer of a directory, which need not exist yet.
func NewTemplates(dir string) *Templates {
	return &Templates{dir: newDirectory(dir, "template directory", ".tmpl")}
}

// Watch calls notify once when it stands, and then whenever the directory may
// hold other templates, until the context ends. The directory may be replaced,
// removed and made later.
func (t *Templates) Watch(ctx context.Context, notify func()) error { return t.dir.watch(ctx, notify) }

// Warnings say that there is no directory, if the last Renderer found none.
func (t *Templates) Warnings() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.warnings
}

// Renderer is the one of the templates as they are now. It is made again only if
// a file has changed. Any file that cannot be understood is an error, which
// names file and line. Without a directory there is nothing to override; one
// that was there a moment ago may be being replaced, which is waited for.
func (t *Templates) Renderer(ctx context.Context) (*render.Renderer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stale := t.dir.stale.Swap(false)
	if _, err := os.Stat(t.dir.path); errors.Is(err, fs.ErrNotExist) {
		return t.without()
	}
	t.missed, t.warnings = time.Time{}, nil
	if now, err := t.dir.stat(); err == nil && !stale && now.equal(t.seen) {
		return t.renderer, t.err
	}
	var texts map[string]string
	t.seen, t.err = t.dir.read(ctx, func(s state) (err error) {
		texts, err = t.texts(s)
		return err
	})
	if t.err == nil {
		t.renderer, t.err = render.NewRenderer(texts)
	}
	return t.renderer, t.err
}

// texts are those of the files, by the path that a user knows.
func (t *Templates) texts(s state) (map[string]string, error) {
	if err := s.tooMany(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.what, err)
	}
	texts := map[string]string{}
	left := int64(mostBytes)
	for _, name := range s.names {
		text, err := readText(filepath.Join(s.dir, name), &left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.dir.what, err)
		}
		texts[filepath.Join(t.dir.path, name)] = string(text)
	}
	return texts, nil
}

func (t *Templates) without() (*render.Renderer, error) {
	if t.seen.dir != "" {
		if t.missed.IsZero() {
			t.missed = time.Now()
		}
		if time.Since(t.missed) < patience {
			return nil, goneError{t.dir.path}
		}
		t.seen = state{}
	}
	t.warnings = []string{"the template directory " + t.dir.path + " does not exist, so no template is overridden; it is used as soon as it is made"}
	return render.NewRenderer(nil)
}

// goneError says that a directory has just gone.
type goneError struct{ path string }

func (e goneError) Error() string {
	return "the template directory " + e.path + " is not there any more; if it stays away, no template is overridden"
}

// NotYet tells that this is nobody's mistake so far.
func (goneError) NotYet() bool { return true }
