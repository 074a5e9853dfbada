package render

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/k8frr/k8frr/render/budget"
	"github.com/k8frr/k8frr/templates"
)

// Renderer turns resolved configurations into text.
type Renderer struct {
	root *template.Template
	// bounded is set if any block is a user's.
	bounded   bool
	overrides map[string]string
}

// NewRenderer parses the templates of this project and a user's over them:
// texts by the name of their file, which errors name. A text replaces the
// blocks that it defines; what stands outside of any definition is the block
// that is named as the file is, less its ending. Other blocks stay as they are.
func NewRenderer(overrides map[string]string) (*Renderer, error) {
	own, err := embedded()
	if err != nil {
		return nil, err
	}
	theirs, err := parseAll(overrides)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(own)
	maps.Copy(all, theirs)
	called, err := follow(all)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if !called[name] {
			err = errors.Join(err, fmt.Errorf("%s: nothing calls the block %q, so it has no effect; the blocks that can be replaced are %s",
				place(theirs[name], theirs[name].Root), name, strings.Join(slices.Sorted(maps.Keys(own)), ", ")))
		}
	}
	if err != nil {
		return nil, err
	}
	root := template.New("").Funcs(functions()).Option("missingkey=error")
	if len(theirs) > 0 {
		for name, tree := range all {
			budget.Instrument(tree, own[name] == tree)
		}
		if root, err = bounded(root, budget.New(0)); err != nil { // so that the checks are known
			return nil, err
		}
	}
	for name, tree := range all {
		if _, err := root.AddParseTree(name, tree); err != nil {
			return nil, said(err)
		}
	}
	return &Renderer{root, len(theirs) > 0, maps.Clone(overrides)}, nil
}

// bounded returns a copy of templates whose functions spend a budget.
func bounded(root *template.Template, b *budget.Budget) (*template.Template, error) {
	f, err := b.Functions(functions())
	if err != nil {
		return nil, err
	}
	if root, err = root.Clone(); err != nil {
		return nil, err
	}
	return root.Funcs(f), nil
}

// Overrides are the texts that NewRenderer was given. Nobody may change them.
func (r *Renderer) Overrides() map[string]string {
	if r == nil {
		return nil
	}
	return r.overrides
}

// blocks are parsed templates by their name. They are kept as trees, because
// package template would not replace a block by an empty one.
type blocks map[string]*parse.Tree

func embedded() (blocks, error) {
	texts := map[string]string{}
	files, err := fs.Glob(templates.FS, "*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := fs.ReadFile(templates.FS, file)
		if err != nil {
			return nil, err
		}
		texts["embedded "+file] = string(text)
	}
	return parseAll(texts)
}

// parseAll parses files that must not define a block twice.
func parseAll(texts map[string]string) (blocks, error) {
	all := blocks{}
	var errs []error
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		found, err := parseFile(file, texts[file])
		errs = append(errs, err)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			if other := all[name]; other != nil {
				errs = append(errs, fmt.Errorf("%s: the block %q is in %s as well; keep one of them",
					place(found[name], found[name].Root), name, cmp.Or(other.ParseName, file)))
				continue
			}
			all[name] = found[name]
		}
	}
	return all, errors.Join(errs...)
}

func parseFile(file, text string) (blocks, error) {
	if err := budget.Source(text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	set, err := template.New(file).Funcs(functions()).Parse(text)
	if err != nil {
		return nil, said(err)
	}
	found := blocks{}
	for _, t := range set.Templates() {
		if t.Name() != file {
			found[t.Name()] = t.Tree
		}
	}
	if set.Tree == nil || parse.IsEmptyTree(set.Root) {
		return found, nil
	}
	name := strings.TrimSuffix(path.Base(file), ".tmpl")
	if found[name] != nil {
		return nil, fmt.Errorf("%s: the block %q is defined, and there is text outside of the definition; keep one of them", file, name)
	}
	found[name] = set.Tree
	return found, nil
}

// follow finds the blocks that are called, directly or not, to make frr.conf.
func follow(all blocks) (map[string]bool, error) {
	called := map[string]bool{}
	var errs []error
	var visit func(name string)
	visit = func(name string) {
		if called[name] {
			return
		}
		called[name] = true
		for _, call := range calls(all[name].Root) {
			if all[call.Name] == nil {
				errs = append(errs, fmt.Errorf("%s: there is no block %q", place(all[name], call), call.Name))
				continue
			}
			visit(call.Name)
		}
	}
	visit(templates.Root)
	return called, errors.Join(errs...)
}

// calls are the {{template}} actions of a block.
func calls(list *parse.ListNode) []*parse.TemplateNode {
	if list == nil {
		return nil
	}
	var found []*parse.TemplateNode
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			found = append(found, n)
		case *parse.IfNode:
			found = append(append(found, calls(n.List)...), calls(n.ElseList)...)
		case *parse.RangeNode:
			found = append(append(found, calls(n.List)...), calls(n.ElseList)...)
		case *parse.WithNode:
			found = append(append(found, calls(n.List)...), calls(n.ElseList)...)
		}
	}
	return found
}

// place is file:line:column of a node, as package template counts.
func place(tree *parse.Tree, n parse.Node) string {
	location, _ := tree.ErrorContext(n)
	return location
}

// said is what package template says, beginning with the file.
func said(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "template: "))
}
