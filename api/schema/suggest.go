package schema

import (
	"slices"
	"strings"

	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// suggest returns the field that was probably meant by an unknown one, as a
// path within the object that the unknown one is in, or else from the
// beginning; "" if none is like it.
func suggest(root *structural.Structural, path string) string {
	parent, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	var fields []string
	if at := find(root, parent); at != nil {
		fields = below(at, "")
	}
	if near := nearest(name, fields); near != "" {
		return near
	}
	return nearest(name, below(root, ""))
}

// find returns the schema of a path, nil if there is none.
func find(at *structural.Structural, path string) *structural.Structural {
	for _, name := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		name, _, _ = strings.Cut(name, "[")
		next, ok := at.Properties[name]
		if !ok {
			return nil
		}
		at = &next
		if at.Items != nil {
			at = at.Items
		}
	}
	return at
}

// below are the paths of all fields of a schema, those that are nearer the top
// first.
func below(at *structural.Structural, prefix string) []string {
	var paths []string
	for name, field := range at.Properties {
		if prefix == "" && (name == "status" || name == "metadata") {
			continue
		}
		paths = append(paths, prefix+name)
		inner := &field
		if inner.Items != nil {
			inner = inner.Items
		}
		paths = append(paths, below(inner, prefix+name+".")...)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if d := strings.Count(a, ".") - strings.Count(b, "."); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return paths
}

// nearest returns the path whose last name is most like a name: the same but
// for case, or with few letters wrong.
func nearest(name string, paths []string) string {
	best, least := "", 1+len(name)/4
	for _, path := range paths {
		last := path[strings.LastIndexByte(path, '.')+1:]
		d := Distance(strings.ToLower(name), strings.ToLower(last))
		if d < least || d == least && best == "" && d > 0 {
			best, least = path, d
		}
	}
	return best
}

// Distance is how many letters have to be added, dropped or replaced to make
// one word of another.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := previous
			if a[i] != b[j] {
				replaced++
			}
			previous = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
