package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	yamlv3 "go.yaml.in/yaml/v3"
)

// gitops is the samples of docs/gitops.md.
const gitops = "../../deploy/samples/gitops"

var (
	fenced = regexp.MustCompile("(?m)^(?:\\[`[^`]*`\\]\\(\\.\\./deploy/samples/gitops/([^)]*)\\)\n\n)?```(\\w+)\n((?s:.*?))^```$")
	// command is a line of a shell, or of a step of CI, that runs k8frr.
	command = regexp.MustCompile(`(?m)^ *(?:- |run: )*(k8frr .*)$`)
)

// A page shows the samples as they are, and everything in it is YAML that says
// it is.
func TestPagesShowTheSamples(t *testing.T) {
	page := readPage(t, "gitops.md")
	shown := map[string]bool{}
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		file, language, text := m[1], m[2], m[3]
		if language == "yaml" {
			parseYAML(t, file, text)
		}
		if file == "" {
			continue
		}
		shown[file] = true
		if sample, err := os.ReadFile(filepath.Join(gitops, file)); err != nil || string(sample) != text {
			t.Errorf("%s is not as docs/gitops.md shows it (%v)", file, err)
		}
	}
	samples, err := filepath.Glob(gitops + "/*.yaml")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	for _, sample := range samples {
		if !shown[filepath.Base(sample)] {
			t.Errorf("docs/gitops.md does not show %s", filepath.Base(sample))
		}
	}
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	parseYAML(t, ".pre-commit-hooks.yaml", string(hooks))
}

func parseYAML(t *testing.T, name, text string) {
	t.Helper()
	for d := yamlv3.NewDecoder(strings.NewReader(text)); ; {
		var content any
		err := d.Decode(&content)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || content == nil {
			t.Errorf("%s: %v: %s", name, err, text)
			return
		}
	}
}

// Every command line of the pages runs, in a repository with the samples and a
// change to them.
func TestPagesRun(t *testing.T) {
	var script bytes.Buffer
	script.WriteString(`env GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
env BASE=HEAD~1
exec git init --quiet --initial-branch=main
exec git add .
exec git commit --quiet -m before
exec sed -i s/peerAsn:.65001/peerAsn:' '65002/ cluster/bgp.yaml
exec git commit --quiet -a -m after
`)
	lines := commandLines(t)
	for _, line := range lines {
		// The change resets sessions, which diff tells by its status.
		if strings.Contains(line, "diff --git") && !strings.Contains(line, "||") && !strings.HasSuffix(line, "--git main cluster/ preview/") {
			line += "; [ $? -eq 1 ]"
		}
		fmt.Fprintf(&script, "exec sh -c '%s'\n", strings.ReplaceAll(line, "'", "''"))
	}
	script.WriteString("exists rendered/worker-1/frr.conf\ngrep '^<svg' sessions.svg\n")
	appendTree(t, &script)
	file := filepath.Join(t.TempDir(), "pages.txtar")
	if err := os.WriteFile(file, script.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, RequireExplicitExec: true})
}

// commandLines are those of both pages and of the hooks, each once.
func commandLines(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, name := range []string{"gitops.md", "preview.md"} {
		for _, block := range fenced.FindAllStringSubmatch(readPage(t, name), -1) {
			for _, m := range command.FindAllStringSubmatch(block[3], -1) {
				lines = append(lines, m[1])
			}
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if len(lines) < 15 {
		t.Fatalf("the pages have only %d command lines: %q", len(lines), lines)
	}
	return lines
}

func appendTree(t *testing.T, script *bytes.Buffer) {
	t.Helper()
	err := filepath.WalkDir(gitops, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(gitops, path)
		fmt.Fprintf(script, "-- %s --\n%s", filepath.ToSlash(name), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
