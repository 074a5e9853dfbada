package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/k8frr/k8frr/api/manifest"
)

// readDocuments reads all documents of a directory that has settled, and says
// in which state it was.
func readDocuments(ctx context.Context, dir *directory) (documents []manifest.Document, seen state, err error) {
	seen, err = dir.read(ctx, func(s state) error {
		documents = nil
		var errs []error
		for _, name := range s.names {
			read, err := readFile(filepath.Join(s.dir, name), name)
			documents, errs = append(documents, read...), append(errs, err)
		}
		return errors.Join(errs...)
	})
	return documents, seen, err
}

func readFile(path, name string) ([]manifest.Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return manifest.Read(file, name)
}
