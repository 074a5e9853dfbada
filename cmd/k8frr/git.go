package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/api/manifest"
)

// gitTimeout is how long git has for an answer.
const gitTimeout = time.Minute

// revisions takes BASE..HEAD apart. BASE...HEAD begins where HEAD has left
// BASE. Without dots, the end is "": the working tree.
func revisions(ctx context.Context, text string) (base, head string, err error) {
	base, head, between := strings.Cut(text, "..")
	if !between {
		return base, "", nil
	}
	end, threeDots := strings.CutPrefix(head, ".")
	if end == "" {
		end = "HEAD"
	}
	if base == "" {
		base = "HEAD"
	}
	if threeDots {
		out, err := git(ctx, "merge-base", base, end)
		return strings.TrimSpace(string(out)), end, err
	}
	return base, end, nil
}

// git runs git and returns what it prints.
func git(ctx context.Context, args ...string) ([]byte, error) {
	var out []byte
	err := gitInto(ctx, func(from io.Reader) (err error) {
		out, err = io.ReadAll(limited(from))
		return err
	}, args...)
	return out, err
}

// gitInto runs git and has what it prints read while it prints: the archive of a repository may be larger than memory.
func gitInto(ctx context.Context, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "git", args...)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	wrong := read(out)
	_, _ = io.Copy(io.Discard, out) // so that git ends by itself
	if err := command.Wait(); err != nil {
		if text := strings.TrimSpace(said.String()); text != "" {
			err = errors.New(text)
		}
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	return wrong
}

// atRevision reads files and directories as they are in a revision. Those that
// are not there hold nothing.
func (r reading) atRevision(ctx context.Context, revision string, names []string) ([]manifest.Document, error) {
	commit, err := git(ctx, "rev-parse", "--verify", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("there is no revision %s: %w", revision, err)
	}
	id := strings.TrimSpace(string(commit))
	var (
		documents []manifest.Document
		errs      []error
	)
	for _, name := range names {
		name = filepath.ToSlash(filepath.Clean(name))
		there, err := git(ctx, "ls-tree", "--name-only", id, "--", name)
		if err != nil {
			return nil, err
		}
		if len(there) == 0 && name != "." {
			continue
		}
		var read []manifest.Document
		err = gitInto(ctx, func(archived io.Reader) (err error) {
			read, err = r.archive(archived, revision+":", name)
			return err
		}, "archive", "--format=tar", id, "--", name)
		documents, errs = append(documents, read...), append(errs, err)
	}
	return documents, errors.Join(errs...)
}

// archive reads the files of an archive that are a name, or in the directory of
// that name.
func (r reading) archive(archived io.Reader, under, name string) ([]manifest.Document, error) {
	var (
		documents []manifest.Document
		errs      []error
	)
	for files := tar.NewReader(archived); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return documents, errors.Join(errs...)
		}
		if err != nil {
			return nil, fmt.Errorf("git archive: %w", err)
		}
		file := path.Clean(header.Name)
		within := path.Dir(file) == name || r.recursive
		if header.Typeflag != tar.TypeReg || file != name && !(within && isManifest(file)) {
			continue
		}
		read, err := r.objects.Read(files, under+file)
		documents, errs = append(documents, read...), append(errs, err)
	}
}

// orHere is names, or the current directory if there are none.
func orHere(names []string) []string {
	if len(names) == 0 {
		return []string{"."}
	}
	return names
}

// present are the names of files that are there.
func present(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, err := os.Stat(name)
		return errors.Is(err, os.ErrNotExist)
	})
}
