package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

var (
	// readers are functions of package strings, and methods of regular expressions, that find something in a text. What only
	// shapes a sentence (TrimSuffix of its full stop, TrimSpace) reads nothing.
	readers = []string{"Contains", "ContainsAny", "ContainsFunc", "HasPrefix", "HasSuffix", "TrimPrefix", "CutPrefix", "CutSuffix", "Cut",
		"Index", "LastIndex", "EqualFold", "Count", "Split", "SplitN", "SplitSeq", "Fields", "FieldsSeq",
		"MatchString", "FindString", "FindStringSubmatch", "FindStringIndex", "FindAllString"}
	// messages are the names of fields and variables that hold a text for people.
	messages = []string{"Message", "LastError", "Why", "message", "lastError", "why", "told"}
)

// reading is a place that may read a message.
type reading struct {
	// file is a path in the module, function a name in it.
	file, function string
}

// mayRead are the places that may, each with the reason. FRR's own texts are compared in status/causes.go only, as keys of a table.
var mayRead = map[reading]string{
	{"api/manifest/parse.go", "Syntax"}:      "the YAML library has the line and the key in the text of its errors only",
	{"api/manifest/parse.go", "syntaxError"}: "the YAML library has the line and the key in the text of its errors only",
	{"render/templates.go", "said"}:          "text/template has the name of the file in the text of its errors only",
	{"render/text.go", "execute"}:            "text/template has the place of an error in its text only",
}

// CheckMessages returns a sentence for every place in production code where something depends on what a message says, and for
// every exception that nothing needs.
func CheckMessages(packages []Package, root string) ([]string, error) {
	var broken []string
	needed := map[reading]bool{}
	for _, p := range packages {
		if strings.HasPrefix(name(p.ImportPath), "integration") {
			continue
		}
		for _, file := range p.GoFiles {
			path := filepath.Join(p.Dir, file)
			places, err := messageReads(path, nil)
			if err != nil {
				return nil, err
			}
			short, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			for _, place := range places {
				at := reading{filepath.ToSlash(short), place.function}
				if needed[at] = true; mayRead[at] == "" {
					broken = append(broken, fmt.Sprintf("%s, in %s: %s: what a message says is for people; give the thing a field or an error type", place.position, place.function, place.what))
				}
			}
		}
	}
	for at := range mayRead {
		if !needed[at] {
			broken = append(broken, fmt.Sprintf("%s, %s reads no message, and has an exception", at.file, at.function))
		}
	}
	slices.Sort(broken)
	return broken, nil
}

// messageRead is a place where a message is read.
type messageRead struct {
	position       token.Position
	function, what string
}

// messageReads reads a Go file: src, or the file of that name if src is nil.
func messageReads(file string, src any) ([]messageRead, error) {
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var places []messageRead
	for _, declaration := range syntax.Decls {
		function := ""
		if f, ok := declaration.(*ast.FuncDecl); ok {
			function = f.Name.Name
		}
		held := holders(declaration)
		ast.Inspect(declaration, func(n ast.Node) bool {
			if what := held.read(n); what != "" {
				places = append(places, messageRead{files.Position(n.Pos()), function, what})
			}
			return true
		})
	}
	return places, nil
}

// holding are the variables of a function that hold a message.
type holding map[string]bool

// holders finds the variables that are given a message, or a part of one.
func holders(declaration ast.Node) holding {
	held := holding{}
	for range 2 { // one that is given another
		ast.Inspect(declaration, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok || len(a.Rhs) != 1 {
				return true
			}
			if source := held.text(a.Rhs[0]); source {
				for _, left := range a.Lhs {
					if id, ok := left.(*ast.Ident); ok && id.Name != "_" {
						held[id.Name] = true
					}
				}
			}
			return true
		})
	}
	return held
}

// text reports whether an expression is a message, or is made of one by a function of package strings.
func (h holding) text(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return h[e.Name] || slices.Contains(messages, e.Name)
	case *ast.ParenExpr:
		return h.text(e.X)
	case *ast.SelectorExpr:
		return slices.Contains(messages, e.Sel.Name)
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		if f.Sel.Name == "Error" && len(e.Args) == 0 {
			return true
		}
		pkg, ok := f.X.(*ast.Ident)
		return ok && pkg.Name == "strings" && len(e.Args) > 0 && h.text(e.Args[0])
	}
	return false
}

// read tells what reads a message; "" if nothing does. To compare two messages, or one with nothing, reads neither.
func (h holding) read(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		if pkg, isName := f.X.(*ast.Ident); isName && pkg.Name == "slices" || !slices.Contains(readers, f.Sel.Name) || len(n.Args) == 0 || !h.text(n.Args[0]) {
			return ""
		}
		return f.Sel.Name + " of a message"
	case *ast.BinaryExpr:
		if (n.Op == token.EQL || n.Op == token.NEQ) && h.text(n.X) != h.text(n.Y) && !isNothing(n.X) && !isNothing(n.Y) {
			return "a message is compared"
		}
	case *ast.SwitchStmt:
		if n.Tag != nil && h.text(n.Tag) {
			return "a message is switched on"
		}
	}
	return ""
}

func isNothing(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Value == `""`
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false"
	}
	return false
}
