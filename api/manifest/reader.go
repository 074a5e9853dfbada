package manifest

import (
	"crypto/sha256"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
)

// Reader reads files, and remembers Nodes, which two versions of a cluster
// usually have in common. The zero value is ready; the documents that it
// returns must not be changed.
type Reader struct {
	mu    sync.Mutex
	nodes map[[sha256.Size]byte]contents
}

// contents is what a chunk holds. The lines of remembered documents, and the
// numbers of all, count from the chunk's beginning.
type contents struct {
	documents []Document
	errs      []error
	number    int // of the texts in the chunk
}

// read reads a chunk of the file with a name.
func (r *Reader) read(c chunk, file string) contents {
	key := sha256.Sum256(c.text)
	r.mu.Lock()
	known, ok := r.nodes[key]
	r.mu.Unlock()
	if !ok {
		read := c.read(file)
		if !read.nodesOnly() {
			return read
		}
		known = read.moved(file, -c.line)
		r.mu.Lock()
		if r.nodes == nil {
			r.nodes = map[[sha256.Size]byte]contents{}
		}
		r.nodes[key] = known
		r.mu.Unlock()
	}
	return known.moved(file, c.line)
}

func (c chunk) read(file string) contents {
	texts, err := parse(c)
	var out contents
	if err != nil {
		err.File = file
		out.errs = append(out.errs, err)
	}
	for _, text := range texts {
		out.number++
		items, err := text.items()
		if err != nil {
			out.errs = append(out.errs, &Error{File: file, Line: text.firstLine(), Err: err})
			continue
		}
		for _, item := range items {
			if len(out.errs) > mostErrors {
				return out
			}
			document, err := item.decode()
			if err != nil {
				out.errs = append(out.errs, place(err, file, text, item)...)
				continue
			}
			document.File, document.Number = file, out.number
			if isConfiguration(document) {
				document.text, document.path = text, item.path
			}
			out.documents = append(out.documents, document)
		}
	}
	return out
}

func (c contents) nodesOnly() bool {
	for _, d := range c.documents {
		if _, ok := d.Object.(*corev1.Node); !ok {
			return false
		}
	}
	return len(c.errs) == 0
}

// moved is the same in another place.
func (c contents) moved(file string, lines int) contents {
	documents := make([]Document, len(c.documents))
	for i, d := range c.documents {
		d.File, d.Line = file, d.Line+lines
		documents[i] = d
	}
	c.documents = documents
	return c
}

// concurrently calls a function for each index, as many at a time as there are
// processors.
func concurrently(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait()
}
