package licenses

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the tables of docs/dependencies.md and the licences' texts anew")

const (
	page  = "../../docs/dependencies.md"
	texts = "../../deploy/release/THIRD_PARTY_LICENSES"
)

// patience is how long the go command may take. It is long because the machine may be busy.
const patience = 10 * time.Minute

// once is what all tests are about.
var once = sync.OnceValues(func() ([]*Module, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return Linked(ctx)
})

// licenceFile matches the names of files that are more than a notice.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)`)

func linked(t *testing.T) []*Module {
	t.Helper()
	modules, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return modules
}

// Every module has a licence that is known and that asks for no more than to be handed on, as it is.
func TestLicences(t *testing.T) {
	modules := linked(t)
	for _, m := range modules {
		if len(m.Licences()) == 0 {
			t.Errorf("%s has no licence that is known", m.Path)
		}
		for _, name := range m.Licences() {
			if Copyleft(name) {
				t.Errorf("%s, which %s is linked from, is under the %s", m.Path, strings.Join(m.Programs, ", "), name)
			}
		}
		for file, text := range m.Texts {
			if len(Classify(text)) == 0 && licenceFile.MatchString(filepath.Base(file)) {
				t.Errorf("%s is a licence that is not known", file)
			}
		}
	}
	want := Texts(modules)
	if *update {
		if err := os.WriteFile(texts, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(texts); err != nil || string(got) != want {
		t.Errorf("%s is not what the programs need (%v): go test ./integration/licenses -update", texts, err)
	}
}

// The texts go with the programs wherever these go.
func TestTextsGoAlong(t *testing.T) {
	for file, says := range map[string]string{
		"../../deploy/release/release.sh":                `cp LICENSE deploy/release/THIRD_PARTY_LICENSES "$work/$name/"`,
		"../../deploy/image/Dockerfile":                  "COPY LICENSE deploy/release/THIRD_PARTY_LICENSES /usr/share/doc/k8frr/",
		"../../deploy/image/cli.Dockerfile":              "COPY LICENSE deploy/release/THIRD_PARTY_LICENSES /usr/share/doc/k8frr/",
		"../../deploy/image/Dockerfile.dockerignore":     "!LICENSE\n!deploy/release/THIRD_PARTY_LICENSES\n",
		"../../deploy/image/cli.Dockerfile.dockerignore": "!LICENSE\n!deploy/release/THIRD_PARTY_LICENSES\n",
	} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), says) {
			t.Errorf("%s has no %q (%v)", file, says, err)
		}
	}
}

// What is said to be linked is what is in a program.
func TestLinked(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	program := filepath.Join(t.TempDir(), "k8frr-frr")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/k8frr/k8frr/cmd/k8frr-frr").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"std "}
	for _, d := range info.Deps {
		want = append(want, d.Path+" "+d.Version)
	}
	var got []string
	for _, m := range linked(t) {
		if slices.Contains(m.Programs, "k8frr-frr") {
			got = append(got, m.Path+" "+m.Version)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("linked are %q, in the program are %q", got, want)
	}
}

// The page has every module, and of those that go.mod asks for what they are for and why that is not our own code.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	modules := linked(t)
	want := rewritten(t, string(text), asked(t), modules)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		text = []byte(want)
	}
	if string(text) != want {
		t.Errorf("%s is not what go.mod says: go test ./integration/licenses -update", page)
	}
	for path, cells := range rows(string(text), direct) {
		if len(cells) != 6 || cells[4] == "" || cells[5] == "" {
			t.Errorf("%s does not describe the purpose of %s and the reason for the dependency", page, path)
		}
	}
}

// asked are the modules that go.mod asks for by itself, and their versions.
func asked(t *testing.T) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "mod", "edit", "-json")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, r := range mod.Require {
		tool := slices.ContainsFunc(mod.Tool, func(tool struct{ Path string }) bool { return strings.HasPrefix(tool.Path, r.Path+"/") })
		if !r.Indirect || tool {
			versions[r.Path] = r.Version
		}
	}
	return versions
}

// The headings of the two tables.
const (
	direct = "| module | version | licence | in | purpose | reason for the dependency |\n|---|---|---|---|---|---|\n"
	whole  = "| module | version | licence | in |\n|---|---|---|---|\n"
)

// rows are the cells of a table, by the first.
func rows(text, heading string) map[string][]string {
	found := map[string][]string{}
	_, rest, _ := strings.Cut(text, heading)
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		found[cells[0]] = cells
	}
	return found
}

// rewritten is the page with both tables as they should be. What they say in words stays.
func rewritten(t *testing.T, text string, asked map[string]string, modules []*Module) string {
	t.Helper()
	said := rows(text, direct)
	var first, second []string
	for _, m := range modules {
		facts := fmt.Sprintf("| %s | %s | %s | %s |", m.Path, m.Version, strings.Join(m.Licences(), ", "), strings.Join(m.Programs, ", "))
		if asked[m.Path] == "" {
			second = append(second, facts)
			continue
		}
		if asked[m.Path] != m.Version {
			t.Errorf("go.mod asks for %s %s, and %s is linked", m.Path, asked[m.Path], m.Version)
		}
		first = append(first, facts+words(said[m.Path]))
		delete(asked, m.Path)
	}
	for path, version := range asked {
		first = append(first, fmt.Sprintf("| %s | %s | not distributed | tests, tools |", path, version)+words(said[path]))
	}
	slices.Sort(first)
	return table(table(text, direct, first), whole, second)
}

func words(cells []string) string {
	if len(cells) < 6 {
		return "  |  |"
	}
	return " " + cells[4] + " | " + cells[5] + " |"
}

// table replaces the rows under a heading.
func table(text, heading string, rows []string) string {
	before, rest, found := strings.Cut(text, heading)
	if !found {
		return text + "\n" + heading + strings.Join(rows, "\n") + "\n"
	}
	for strings.HasPrefix(rest, "| ") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return before + heading + strings.Join(rows, "\n") + "\n" + rest
}

func TestClassify(t *testing.T) {
	for text, want := range map[string]string{
		"                 Apache License\n           Version 2.0, January 2004\n":                                                      "Apache-2.0",
		"Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software":                               "MIT",
		"// Redistribution and use in source and binary\n// forms, with or without modification, are permitted":                        "BSD-2-Clause",
		"Redistribution and use in source and binary forms ... may be used to endorse or promote products derived from":                "BSD-3-Clause",
		"Permission to use, copy, modify, and distribute this software for any\npurpose with or without fee is hereby granted":         "ISC",
		"GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3":                                                                                 "LGPL",
		"                    GNU GENERAL PUBLIC LICENSE\n                       Version 2, June 1991":                                  "GPL",
		"Mozilla Public License, version 2.0":                                                                                          "MPL",
		"free for all, but for those who are not":                                                                                      "",
		"Permission is hereby granted, free of charge, to any person obtaining a copy ... Apache License, Version 2.0, January 2004 …": "Apache-2.0 MIT",
	} {
		if got := strings.Join(Classify(text), " "); got != want {
			t.Errorf("%.40q… is %q, not %q", text, got, want)
		}
	}
	for name, want := range map[string]bool{"GPL": true, "AGPL": true, "LGPL": true, "MPL": true, "MIT": false, "Apache-2.0": false, "BSD-3-Clause": false} {
		if Copyleft(name) != want {
			t.Errorf("copyleft of %s: not %v", name, want)
		}
	}
}
