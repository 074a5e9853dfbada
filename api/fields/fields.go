// Package fields knows every field of a BGPConfiguration, and what becomes of
// it: the commands that it turns into, what is said instead where FRR has
// none, and the test that proves it.
package fields

import (
	"reflect"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Names are the fields of a spec that hold a value, in the order of the
// schema, indices left out: neighbors.timers.holdTime.
func Names() []string {
	var names []string
	visit("", reflect.TypeFor[v1.BGPConfigurationSpec](), func(name string, _ reflect.Type) { names = append(names, name) })
	return names
}

func visit(name string, t reflect.Type, leaf func(string, reflect.Type)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if !branches(t) {
		leaf(name, t)
		return
	}
	for i := range t.NumField() {
		visit(join(name, t.Field(i)), t.Field(i).Type, leaf)
	}
}

// branches reports whether a type has fields of its own. A selector is taken as
// one value.
func branches(t reflect.Type) bool {
	return t != reflect.TypeFor[v1.LabelSelector]() && t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[v1.BGPConfigurationSpec]().PkgPath()
}

// join is the name of a field within another; an inlined one adds nothing.
func join(name string, f reflect.StructField) string {
	own, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if own == "" {
		return name
	}
	return strings.TrimPrefix(name+"."+own, ".")
}

// Set are the fields that a spec sets, by name.
func Set(spec *v1.BGPConfigurationSpec) map[string]bool {
	set := map[string]bool{}
	collect("", reflect.ValueOf(spec).Elem(), set)
	return set
}

func collect(name string, v reflect.Value, set map[string]bool) {
	switch {
	case v.IsZero():
	case v.Kind() == reflect.Pointer:
		if v.Elem().IsZero() && !branches(v.Elem().Type()) {
			set[name] = true // a stated zero
			return
		}
		collect(name, v.Elem(), set)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			collect(name, v.Index(i), set)
		}
	case !branches(v.Type()):
		set[name] = true
	default:
		for i := range v.NumField() {
			collect(join(name, v.Type().Field(i)), v.Field(i), set)
		}
	}
}
