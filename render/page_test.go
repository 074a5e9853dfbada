package render

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/Masterminds/sprig/v3"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestTemplatesPage makes sure that docs/templates.md has every block, field and
// function that a template can use; -update writes them into it.
func TestTemplatesPage(t *testing.T) {
	const file = "../docs/templates.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := string(page)
	for name, text := range map[string]string{
		"blocks":    pageOfBlocks(t),
		"fields":    pageOfFields(t),
		"functions": pageOfFunctions(),
	} {
		begin, end := "<!-- generated: "+name+" -->\n", "<!-- end of "+name+" -->\n"
		i, j := strings.Index(got, begin), strings.Index(got, end)
		if i < 0 || j < i {
			t.Fatalf("%s does not hold %s… %s", file, begin, end)
		}
		got = got[:i+len(begin)] + "\n" + text + "\n" + got[j:]
	}
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(page) {
		t.Errorf("write the page anew: go test ./render -run TestTemplatesPage -update\n%s", diff.Diff(file, page, "what templates see", []byte(got)))
	}
}

// pageOfBlocks finds out what each block is called with: it prints its type in
// place of the block, for any of the examples.
func pageOfBlocks(t *testing.T) string {
	all, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	examples := exampleConfigs(t)
	shown := regexp.MustCompile(`<<([^<>]+)>>`)
	var out strings.Builder
	out.WriteString("| block | in | the dot is | calls |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		r, err := NewRenderer(map[string]string{name: `<<{{printf "%T" .}}>>`})
		if err != nil {
			t.Fatal(err)
		}
		dot := ""
		for _, c := range examples {
			text, err := r.Text(c)
			if err != nil {
				t.Fatal(err)
			}
			if m := shown.FindStringSubmatch(text.Reveal()); m != nil {
				dot = m[1]
				break
			}
		}
		if dot == "" {
			t.Errorf("no example calls the block %s", name)
		}
		var called []string
		for _, c := range calls(all[name].Root) {
			if quoted := "`" + c.Name + "`"; !slices.Contains(called, quoted) {
				called = append(called, quoted)
			}
		}
		fmt.Fprintf(&out, "| `%s` | `%s` | %s | %s |\n", name, strings.TrimPrefix(all[name].ParseName, "embedded "),
			typeName(dot), strings.Join(called, ", "))
	}
	return out.String()
}

func exampleConfigs(t *testing.T) []*Config {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	var configs []*Config
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := Input{Dialect: FRR10}
		for _, f := range archive.Files {
			switch f.Name {
			case "input.yaml":
				in.Objects = parseObjects(t, f.Data)
			case "kernel.yaml":
				parseKernel(t, f.Data, &in)
			}
		}
		if c, _, err := Resolve(in); err == nil {
			configs = append(configs, c)
		}
	}
	return configs
}

// pageOfFields lists what can be reached from the document, type by type.
func pageOfFields(t *testing.T) string {
	comments := fieldComments(t)
	var out strings.Builder
	queue := []reflect.Type{reflect.TypeFor[document](), reflect.TypeFor[sessionLines]()}
	seen := map[reflect.Type]bool{}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if seen[s] {
			continue
		}
		seen[s] = true
		name := s.String()
		fmt.Fprintf(&out, "#### %s\n\n", typeName(name))
		if c := comments[name]; c != "" {
			fmt.Fprintf(&out, "%s\n\n", c)
		}
		out.WriteString("| field | type | |\n|---|---|---|\n")
		for i := range s.NumField() {
			f := s.Field(i)
			if !f.IsExported() {
				continue
			}
			what := comments[name+"."+f.Name]
			if f.Anonymous {
				what = "all of its fields are fields of this, too"
			}
			fmt.Fprintf(&out, "| `.%s` | %s | %s |\n", f.Name, typeName(f.Type.String()), what)
			if inner := structOf(f.Type); inner != nil {
				queue = append(queue, inner)
			}
		}
		for i := range reflect.PointerTo(s).NumMethod() {
			m := reflect.PointerTo(s).Method(i)
			if usable(s, m) {
				fmt.Fprintf(&out, "| `.%s` | %s | %s |\n", m.Name, signature(m.Type), comments[name+"."+m.Name])
			}
		}
		out.WriteString("\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// usable reports whether a method is a struct's own, and gives a template a value.
func usable(s reflect.Type, m reflect.Method) bool {
	for i := range s.NumField() {
		if f := s.Field(i); f.Anonymous {
			if _, promoted := reflect.PointerTo(f.Type).MethodByName(m.Name); promoted {
				return false
			}
			if _, promoted := f.Type.MethodByName(m.Name); promoted {
				return false
			}
		}
	}
	return m.Type.NumOut() == 1 && m.Name != "LogValue"
}

func signature(m reflect.Type) string {
	words := []string{typeName(m.Out(0).String())}
	for i := 1; i < m.NumIn(); i++ {
		words = append(words, typeName(m.In(i).String()))
	}
	if len(words) == 1 {
		return words[0]
	}
	return words[0] + ", of " + strings.Join(words[1:], ", ")
}

// structOf returns the struct of this project that a type is made of, if any.
func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.Contains(t.PkgPath(), "/k8frr/render") {
		return nil
	}
	return t
}

func typeName(t string) string {
	return strings.NewReplacer("render.", "", "*", "", "[]", "list of ").Replace(t)
}

// fieldComments reads what the source says of types, fields and methods, by
// package.Type, package.Type.Field and package.Type.Method.
func fieldComments(t *testing.T) map[string]string {
	comments := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, below...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		in := parsed.Name.Name + "."
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok {
						noteType(comments, in, d, s)
					}
				}
			case *ast.FuncDecl:
				if d.Recv != nil {
					comments[in+receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = oneLine(d.Doc)
				}
			}
		}
	}
	return comments
}

func noteType(comments map[string]string, in string, d *ast.GenDecl, s *ast.TypeSpec) {
	comments[in+s.Name.Name] = oneLine(s.Doc)
	if s.Doc == nil && len(d.Specs) == 1 {
		comments[in+s.Name.Name] = oneLine(d.Doc)
	}
	fields, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range fields.Fields.List {
		for _, name := range f.Names {
			doc := f.Doc
			if doc == nil {
				doc = f.Comment
			}
			comments[in+s.Name.Name+"."+name.Name] = oneLine(doc)
		}
	}
}

func receiver(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if name, ok := e.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func oneLine(c *ast.CommentGroup) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(strings.Join(strings.Fields(c.Text()), " "))
}

// pageOfFunctions lists sprig's functions; this project's own are described by
// hand, which is checked.
func pageOfFunctions() string {
	var names []string
	theirs := sprig.HermeticTxtFuncMap()
	for name := range functions() {
		if _, has := theirs[name]; has {
			names = append(names, "`"+name+"`")
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + "\n"
}

func TestOwnFunctionsAreOnThePage(t *testing.T) {
	page, err := os.ReadFile("../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range ownFunctions {
		if !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("docs/templates.md has no row for the function %s", name)
		}
	}
	if name := path.Base("../deploy/samples/templates/operator.tmpl"); !strings.Contains(string(page), name) {
		t.Errorf("docs/templates.md does not name the example %s", name)
	}
}
