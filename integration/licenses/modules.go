package licenses

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// programs are the commands, and the systems that they are built for.
var programs = map[string][]string{
	"k8frr": {"linux", "darwin", "windows"}, "k8frr-agent": {"linux"}, "k8frr-frr": {"linux"},
}

// Module is one that a program is linked from.
type Module struct {
	Path, Version string
	// Programs are those that are.
	Programs []string
	// Texts are its licences and notices, by the name of the file.
	Texts map[string]string
}

// readme are the licences of modules that have no file of them, as their README has it.
var readme = map[string]string{"github.com/mattn/go-localereader": "MIT"}

// Licences are those of all texts, each once.
func (m *Module) Licences() []string {
	var names []string
	if name := readme[m.Path]; name != "" {
		names = append(names, name)
	}
	for _, text := range m.Texts {
		names = append(names, Classify(text)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// goModule is what the go command says of a module.
type goModule struct {
	Path, Version, Dir string
	Main               bool
	Replace            *goModule
}

// Linked are the modules that programs are linked from, Go's own library among them as the first.
func Linked(ctx context.Context) ([]*Module, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	library := &Module{Path: "std", Texts: map[string]string{}}
	modules := map[string]*Module{library.Path: library}
	if err := library.read(strings.TrimSpace(string(root))); err != nil {
		return nil, err
	}
	for program, systems := range programs {
		library.Programs = append(library.Programs, program)
		for _, system := range systems {
			if err := link(ctx, modules, program, system); err != nil {
				return nil, fmt.Errorf("%s for %s: %w", program, system, err)
			}
		}
	}
	var all []*Module
	for _, m := range modules {
		slices.Sort(m.Programs)
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Module) int {
		return cmp.Or(-cmp.Compare(fmt.Sprint(a == library), fmt.Sprint(b == library)), strings.Compare(a.Path, b.Path))
	})
	return all, nil
}

// link adds the modules of one program.
func link(ctx context.Context, modules map[string]*Module, program, system string) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Module", "github.com/k8frr/k8frr/cmd/"+program)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%v: %w: %s", cmd.Args, err, stderr.String())
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir    string
			Module *goModule
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if p.Module == nil || p.Module.Main {
			continue
		}
		m := modules[p.Module.Path]
		if m == nil {
			m = &Module{Path: p.Module.Path, Version: p.Module.Version, Texts: map[string]string{}}
			modules[m.Path] = m
		}
		if !slices.Contains(m.Programs, program) {
			m.Programs = append(m.Programs, program)
		}
		// What is copied from elsewhere has a licence in a directory of its own.
		for dir := p.Dir; ; dir = filepath.Dir(dir) {
			if err := m.read(dir); err != nil {
				return err
			}
			if len(dir) <= len(p.Module.Dir) {
				break
			}
		}
	}
}

// legal are names of files that have to be handed on.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// read reads the licences and notices of a directory.
func (m *Module) read(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		is := legal.MatchString(e.Name()) && !strings.HasSuffix(e.Name(), ".go") || readme[m.Path] != "" && e.Name() == "README.md"
		if !e.Type().IsRegular() || !is {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		m.Texts[filepath.Join(dir, e.Name())] = strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")) + "\n"
	}
	return nil
}

// Texts is what has to go with the programs: every licence and notice once, and before it whose it is.
func Texts(modules []*Module) string {
	owners := map[string][]string{}
	for _, m := range modules {
		for _, text := range m.Texts {
			if owner := strings.TrimSpace(m.Path + " " + m.Version); !slices.Contains(owners[text], owner) {
				owners[text] = append(owners[text], owner)
			}
		}
	}
	texts := make([]string, 0, len(owners))
	for text := range owners {
		slices.Sort(owners[text])
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int {
		return cmp.Or(slices.Compare(owners[a], owners[b]), strings.Compare(a, b))
	})
	var out strings.Builder
	out.WriteString("The programs of k8frr contain code of others, under the licences below. k8frr's own is in the file LICENSE.\n" +
		"(std is the library of Go. Of FRR, which is in the image as a distribution packages it, see its own files there.)\n")
	for _, text := range texts {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s", strings.Repeat("=", 80), strings.Join(owners[text], "\n"), text)
	}
	return out.String()
}
