package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/k8frr/k8frr/api/manifest"
)

// extensions are those of the files that are read from a directory, the ones
// that kubectl reads.
var extensions = []string{".yaml", ".yml", ".json"}

// readAll reads files, directories and, for "-", standard input.
func readAll(stdin io.Reader, names []string) ([]manifest.Document, error) {
	var (
		documents []manifest.Document
		errs      []error
	)
	for _, name := range names {
		read, err := readOne(stdin, name)
		documents = append(documents, read...)
		errs = append(errs, err)
	}
	return documents, errors.Join(errs...)
}

func readOne(stdin io.Reader, name string) ([]manifest.Document, error) {
	if name == "-" {
		return manifest.Read(stdin, "standard input")
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readDir(name)
	}
	return readFile(name)
}

func readFile(name string) ([]manifest.Document, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return manifest.Read(f, name)
}

// readDir reads the files of a directory, but not of those below it, as
// kubectl does.
func readDir(dir string) ([]manifest.Document, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(extensions, filepath.Ext(e.Name())) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: holds no .yaml, .yml or .json file", dir)
	}
	var (
		documents []manifest.Document
		errs      []error
	)
	for _, file := range files {
		read, err := readFile(file)
		documents = append(documents, read...)
		errs = append(errs, err)
	}
	return documents, errors.Join(errs...)
}
