package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// renderer is that of the embedded templates, and of those that override them.
func (o *input) renderer() (*render.Renderer, error) {
	overrides, err := readTemplates(o.templates)
	if err != nil {
		return nil, o.blame(err)
	}
	r, err := render.NewRenderer(overrides)
	return r, o.blame(err)
}

// blame makes an error one of usage if templates are overridden: the objects
// that are rendered are not its cause.
func (o *input) blame(err error) error {
	if err == nil || o.templates == "" {
		return err
	}
	var all []error
	for _, e := range flatten(err) {
		all = append(all, usageError{e})
	}
	return errors.Join(all...)
}

// readTemplates returns the *.tmpl files of a directory by their path, less the
// hidden ones, as k8frr-agent does.
func readTemplates(dir string) (map[string]string, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) != ".tmpl" || strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(dir, name)
		info, err := os.Stat(path) // which follows the links of a mounted ConfigMap
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			continue
		}
		text, err := readFile(path)
		if err != nil {
			return nil, err
		}
		texts[filepath.ToSlash(path)] = string(text)
	}
	return texts, nil
}
