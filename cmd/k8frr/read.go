package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/k8frr/k8frr/api/manifest"
)

// extensions are those of the files that are read from a directory, the ones
// that kubectl reads.
var extensions = []string{".yaml", ".yml", ".json"}

// readAll reads files, directories and, for "-", standard input.
func readAll(stdin io.Reader, names []string) ([]manifest.Document, error) {
	return reading{stdin: stdin, objects: new(manifest.Reader)}.all(names)
}

// reading is how files are read.
type reading struct {
	stdin   io.Reader
	objects *manifest.Reader
	// recursive also reads the directories below a directory.
	recursive bool
}

// all reads files, directories and standard input, at the same time.
func (r reading) all(names []string) ([]manifest.Document, error) {
	var (
		documents = make([][]manifest.Document, len(names))
		errs      = make([]error, len(names))
		wg        sync.WaitGroup
	)
	for i, name := range names {
		wg.Go(func() { documents[i], errs[i] = r.one(name) })
	}
	wg.Wait()
	return slices.Concat(documents...), errors.Join(errs...)
}

func (r reading) one(name string) ([]manifest.Document, error) {
	if name == "-" {
		return r.objects.Read(r.stdin, "standard input")
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return r.dir(name)
	}
	return r.file(name)
}

func (r reading) file(name string) ([]manifest.Document, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return r.objects.Read(f, name)
}

// dir reads the files of a directory, but not of those below it unless asked,
// as kubectl does.
func (r reading) dir(dir string) ([]manifest.Document, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != dir && (!r.recursive || e.Name() == ".git"):
			return fs.SkipDir
		case !e.IsDir() && isManifest(path):
			files = append(files, path)
			return endless(path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: contains no .yaml, .yml or .json file", dir)
	}
	return r.all(files)
}

// endless is an error for a file of a directory that may never end, as a FIFO or a device: only who names it means it. What
// cannot be looked at is an error when it is read.
func endless(name string) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: is not a regular file; to read it, name it explicitly", name)
	}
	return nil
}

func isManifest(name string) bool { return slices.Contains(extensions, filepath.Ext(name)) }
