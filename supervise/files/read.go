package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/supervise/regular"
)

// The limits of a directory: an object that the API server accepts has up to 1.5 MB.
const (
	mostFiles = 1000
	mostBytes = 4 << 20
)

// readDocuments reads all documents of a directory that has settled, and says
// in which state it was.
func readDocuments(ctx context.Context, dir *directory) (documents []manifest.Document, seen state, err error) {
	seen, err = dir.read(ctx, func(s state) error {
		if err := s.tooMany(); err != nil {
			return err
		}
		documents = nil
		var errs []error
		left := int64(mostBytes)
		for _, name := range s.names {
			read, err := readFile(filepath.Join(s.dir, name), name, &left)
			documents, errs = append(documents, read...), append(errs, err)
		}
		return errors.Join(errs...)
	})
	return documents, seen, err
}

func readFile(path, name string, left *int64) ([]manifest.Document, error) {
	text, err := readText(path, left)
	if err != nil {
		return nil, err
	}
	return manifest.Read(bytes.NewReader(text), name)
}

// readText reads a file of a directory whose files may have left bytes together.
func readText(path string, left *int64) ([]byte, error) {
	text, err := regular.ReadLinked(path, *left)
	if err != nil {
		return nil, err
	}
	*left -= int64(len(text))
	return text, nil
}

// tooMany is the error of a directory with more files than are read.
func (s state) tooMany() error {
	if n := len(s.names); n > mostFiles {
		return fmt.Errorf("%s has %d files, and may have %d", s.dir, n, mostFiles)
	}
	return nil
}
