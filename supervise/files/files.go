// Package files observes directories that a user writes: of objects in YAML or
// JSON, for running without Kubernetes, and of templates.
package files

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Options say what to look for.
type Options struct {
	// NodeName is the name of this node.
	NodeName string
	// Namespace is where the configuration and its Secrets are. Objects that
	// state none are in it.
	Namespace string
	// ConfigurationName is the name of the preferred BGPConfiguration.
	ConfigurationName string
	// SecretSelector limits the Secrets that may hold passwords, by their labels.
	SecretSelector labels.Selector
}

// Files observes the *.yaml, *.yml and *.json files of a directory, not of
// those below it. Hidden files are left alone.
type Files struct {
	dir *directory
	Options

	// notify is that of Watch.
	notify atomic.Pointer[func()]

	mu sync.Mutex
	// reading is what is being read; nil if nothing is.
	reading *reading
	// seen is the state in which objects or err were read.
	seen       state
	objects    render.Objects
	err        error
	warnings   []string
	last       *v1.BGPConfiguration
	generation int64
}

// New makes an observer of a directory, which need not exist yet.
func New(dir string, options Options) *Files {
	return &Files{dir: newDirectory(dir, "configuration directory", ".yaml", ".yml", ".json"), Options: options}
}

// Watch calls notify once when it stands, and then whenever the directory may
// declare something else, until the context ends. The directory may be
// replaced, removed and made later.
func (f *Files) Watch(ctx context.Context, notify func()) error {
	f.notify.Store(&notify)
	return f.dir.watch(ctx, notify)
}

// Observe returns what the directory declares; nobody may change it. It reads
// files only if one of them has changed. A Node that no file describes is one
// without labels, annotations and addresses.
//
// While files are being written it waits for them, up to a second. While the
// directory is watched and large files are being read it returns what they held
// before, and notifies when they are read. Any file that cannot be understood is an error, which names file and line: the files
// belong together, and half of them would be another configuration.
func (f *Files) Observe(ctx context.Context) (render.Objects, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reading == nil {
		stale := f.dir.stale.Swap(false)
		if now, err := f.dir.stat(); err == nil && !stale && now.equal(f.seen) {
			return f.objects, f.err
		}
		f.reading = f.read()
	}
	if f.notify.Load() == nil || f.seen.dir == "" {
		select {
		case <-f.reading.done:
		case <-ctx.Done():
			return render.Objects{}, context.Cause(ctx)
		}
	} else if !f.reading.within(readWithin) {
		return f.objects, f.err
	}
	read := f.reading
	f.reading, f.seen = nil, read.seen
	f.objects, f.err = f.resolve(read.documents, read.err)
	return f.objects, f.err
}

// readWithin is how long Observe waits for files that are read: longer than a
// directory takes to settle, and no longer than an address may wait.
const readWithin = settle + 50*time.Millisecond

// reading is a directory that a goroutine reads. The results are to be used when
// done is closed.
type reading struct {
	done chan struct{}
	// late is set when Observe does not wait any longer.
	late      atomic.Bool
	documents []manifest.Document
	seen      state
	err       error
}

func (f *Files) read() *reading {
	r := &reading{done: make(chan struct{})}
	go func() {
		r.documents, r.seen, r.err = readDocuments(context.Background(), f.dir)
		close(r.done)
		if notify := f.notify.Load(); notify != nil && r.late.Load() {
			(*notify)()
		}
	}()
	return r
}

// within reports whether the directory is read within some time, or by now if it
// has been waited for. If it is not, there is a notification when it is.
func (r *reading) within(d time.Duration) bool {
	if !r.late.Load() { // else it has been waited for
		select {
		case <-r.done:
			return true
		case <-time.After(d):
		}
		r.late.Store(true)
	}
	select {
	case <-r.done: // before late was set, it may be
		return true
	default:
		return false
	}
}

func (f *Files) resolve(documents []manifest.Document, err error) (render.Objects, error) {
	if err != nil {
		return render.Objects{}, err
	}
	set, err := manifest.Collect(documents, f.Namespace)
	if err != nil {
		return render.Objects{}, err
	}
	declared := render.Declared{Configurations: set.Configurations, Nodes: set.Nodes, Secrets: set.Secrets, SecretSelector: f.SecretSelector}
	if !slices.ContainsFunc(declared.Nodes, func(n *corev1.Node) bool { return n.Name == f.NodeName }) {
		declared.Nodes = append(declared.Nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: f.NodeName}})
	}
	objects := declared.For(f.NodeName, f.Namespace, f.ConfigurationName)
	f.number(objects.Configuration)
	f.warnings = warnings(set, f.Namespace)
	return objects, nil
}

// number gives a configuration a generation as the API server would: one more
// than before when the spec is another. A file that states one keeps it.
func (f *Files) number(c *v1.BGPConfiguration) {
	if c == nil {
		return
	}
	if f.last == nil || f.last.Name != c.Name || !reflect.DeepEqual(f.last.Spec, c.Spec) {
		f.generation++
		f.last = c.DeepCopy()
	}
	if c.Generation == 0 {
		c.Generation = f.generation
	}
}

// Warnings are sentences about what the last successful Observe passed over.
func (f *Files) Warnings() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.warnings
}

func warnings(set manifest.Set, namespace string) []string {
	var sentences []string
	for _, d := range set.Ignored {
		sentences = append(sentences, fmt.Sprintf("%s is passed over: only BGPConfiguration, Node and Secret are read", d))
	}
	for _, c := range set.Configurations {
		if c.Namespace != namespace {
			sentences = append(sentences, fmt.Sprintf("BGPConfiguration %s/%s is passed over: the agent's namespace is %s",
				c.Namespace, c.Name, namespace))
		}
	}
	return sentences
}

// errBusy says that files have been changing for longer than Observe waits.
var errBusy = errors.New("is still being written; it is read again when that is done")
