package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
)

var (
	// clock are the functions of package time whose result depends on when
	// they are called.
	clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}
	// describing is what a slog.LogValuer needs of log/slog. It logs nothing.
	describing = []string{"Value", "StringValue", "GroupValue", "LogValuer"}
)

// CheckUses returns a sentence for every place where a pure package asks what
// time it is, or logs.
func CheckUses(packages []Package) ([]string, error) {
	var broken []string
	for _, p := range packages {
		if !pure.have(name(p.ImportPath)) {
			continue
		}
		for _, file := range p.GoFiles {
			places, err := impureUses(filepath.Join(p.Dir, file), nil)
			if err != nil {
				return nil, err
			}
			broken = append(broken, places...)
		}
	}
	return broken, nil
}

// impureUses reads a Go file: src, or the file of that name if src is nil.
func impureUses(file string, src any) ([]string, error) {
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	imported := map[string]string{} // name in this file → package
	for _, i := range syntax.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		local := filepath.Base(path)
		if i.Name != nil {
			local = i.Name.Name
		}
		imported[local] = path
	}
	var places []string
	ast.Inspect(syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		path, used := imported[pkg.Name], selector.Sel.Name
		if path == "time" && slices.Contains(clock, used) || path == "log/slog" && !slices.Contains(describing, used) {
			places = append(places, fmt.Sprintf("%s: %s.%s in a pure room", files.Position(n.Pos()), path, used))
		}
		return true
	})
	return places, nil
}
