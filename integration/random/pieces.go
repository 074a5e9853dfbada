package random

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Shrink makes two nodes as small and as equal as they can be, one piece after
// the other, while they still fail.
func Shrink(a, b Node, fails func(a, b Node) bool) (Node, Node) {
	x, y := tree(a), tree(b)
	for again := true; again; {
		again = false
		for _, path := range paths(x, y) {
			for _, simpler := range [][2]any{
				{with(x, path, nil), with(y, path, nil)},
				{x, with(y, path, at(x, path))},
				{with(x, path, at(y, path)), y},
			} {
				if reflect.DeepEqual(simpler, [2]any{x, y}) {
					continue
				}
				if a, b := fromTree(simpler[0]), fromTree(simpler[1]); a.Valid() && b.Valid() && fails(a, b) {
					x, y, again = simpler[0], simpler[1], true
					break
				}
			}
		}
	}
	return fromTree(x), fromTree(y)
}

// tree is a node as JSON has it: objects as maps; and lists as maps, too, from
// what tells their members apart, in order.
func tree(n Node) any {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		panic(err)
	}
	return unfold(v)
}

func fromTree(v any) Node {
	text, err := json.Marshal(fold(v))
	if err != nil {
		panic(err)
	}
	var n Node
	if err := json.Unmarshal(text, &n); err != nil {
		panic(err)
	}
	return n
}

// list is a list with a name for each member.
type list struct {
	names   []string
	members map[string]any
}

func unfold(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, child := range v {
			if child != nil {
				out[key] = unfold(child)
			}
		}
		return out
	case []any:
		out := list{members: map[string]any{}}
		for _, child := range v {
			name := identity(child)
			for out.members[name] != nil {
				name += "'"
			}
			out.names = append(out.names, name)
			out.members[name] = unfold(child)
		}
		return out
	}
	return v
}

func fold(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, child := range v {
			out[key] = fold(child)
		}
		return out
	case list:
		out := []any{}
		for _, name := range v.names {
			out = append(out, fold(v.members[name]))
		}
		return out
	}
	return v
}

// identity is what tells a member of a list from others.
func identity(member any) string {
	object, ok := member.(map[string]any)
	if !ok {
		return fmt.Sprint(member)
	}
	if config, ok := object["config"].(map[string]any); ok {
		object = config
	}
	var id []string
	for _, key := range []string{"type", "name", "Name", "peerGroupName", "neighborAddress", "neighborInterface", "family", "prefix", "ipPrefix", "Prefix"} {
		if v, ok := object[key]; ok {
			id = append(id, fmt.Sprint(v))
		}
	}
	return strings.Join(id, " ")
}

// paths lead to everything that is in one of two trees, what is large first.
func paths(a, b any) [][]string {
	var out [][]string
	for next := [][]string{nil}; len(next) > 0; next = next[1:] {
		path := next[0]
		if len(path) > 0 {
			out = append(out, path)
		}
		for _, name := range merged(namesIn(at(a, path)), namesIn(at(b, path))) {
			next = append(next, append(slices.Clone(path), name))
		}
	}
	return out
}

func merged(a, b []string) []string {
	for _, name := range b {
		if !slices.Contains(a, name) {
			a = append(a, name)
		}
	}
	return a
}

func namesIn(v any) []string {
	switch v := v.(type) {
	case map[string]any:
		return slices.Sorted(maps.Keys(v))
	case list:
		return slices.Clone(v.names)
	}
	return nil
}

// at is what a path leads to, nil if there is nothing.
func at(v any, path []string) any {
	for _, name := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case list:
			v = in.members[name]
		default:
			return nil
		}
	}
	return v
}

// with is a tree that has something else at a path, or nothing if that is nil.
// Where the path leads through nothing, the tree stays as it is.
func with(v any, path []string, child any) any {
	if len(path) == 0 {
		return child
	}
	if len(path) > 1 {
		if child = with(at(v, path[:1]), path[1:], child); child == nil {
			return v
		}
	}
	switch in := v.(type) {
	case map[string]any:
		out := maps.Clone(in)
		if out[path[0]] = child; child == nil {
			delete(out, path[0])
		}
		return out
	case list:
		out := list{slices.Clone(in.names), maps.Clone(in.members)}
		i := slices.Index(out.names, path[0])
		switch {
		case child == nil && i >= 0:
			out.names = slices.Delete(out.names, i, i+1)
			delete(out.members, path[0])
		case child != nil:
			if out.members[path[0]] = child; i < 0 {
				out.names = append(out.names, path[0])
			}
		}
		return out
	}
	return v
}
