package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"github.com/k8frr/k8frr/render"
)

// nodeText is the frr.conf of a node.
type nodeText struct {
	node string
	text render.Text
}

// output is where texts go: to files below dir, or printed if dir is empty.
type output struct {
	stdout      io.Writer
	dir         string
	showSecrets bool
}

func (o output) write(texts []nodeText) error {
	for _, t := range texts {
		text := t.text.String()
		if o.showSecrets {
			text = t.text.Reveal()
		}
		var err error
		switch {
		case o.dir != "":
			err = o.save(t.node, text)
		case len(texts) > 1:
			_, err = fmt.Fprintf(o.stdout, "! ---- node %s ----\n%s", t.node, text)
		default:
			_, err = io.WriteString(o.stdout, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// save writes DIR/NODE/frr.conf. A node's name is one path element: package
// render accepts only names that Kubernetes does.
func (o output) save(node, text string) error {
	file := filepath.Join(o.dir, node, "frr.conf")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if o.showSecrets {
		mode = 0o600
	}
	// A file that is replaced keeps its mode, which may be too open for what
	// is written now.
	if err := os.Chmod(file, mode); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return maybe.WriteFile(file, []byte(text), mode)
}
