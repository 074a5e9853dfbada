package render

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// leaf is a field that holds a value rather than fields.
type leaf struct {
	// bare is its path without indices, path that of its first element.
	bare, path string
	// set gives it, and it alone, a value that is not zero. The structs that
	// it is in are enabled where they can be, for they are nothing otherwise.
	set func(spec reflect.Value)
}

// leaves are all fields of a type, at any depth.
func leaves(t reflect.Type, bare, path string, reach func(reflect.Value) reflect.Value) []leaf {
	switch {
	case t.Kind() == reflect.Pointer:
		return leaves(t.Elem(), bare, path, func(spec reflect.Value) reflect.Value {
			v := reach(spec)
			if v.IsNil() {
				v.Set(reflect.New(t.Elem()))
			}
			return v.Elem()
		})
	case t.Kind() == reflect.Slice:
		return leaves(t.Elem(), bare, path+"[0]", func(spec reflect.Value) reflect.Value {
			v := reach(spec)
			if v.Len() == 0 {
				v.Set(reflect.MakeSlice(t, 1, 1))
			}
			return v.Index(0)
		})
	case t.Kind() == reflect.Map:
		return []leaf{{bare, path, func(spec reflect.Value) {
			m := reflect.MakeMap(t)
			m.SetMapIndex(reflect.Zero(t.Key()), reflect.Zero(t.Elem()))
			reach(spec).Set(m)
		}}}
	case t.Kind() != reflect.Struct:
		return []leaf{{bare, path, func(spec reflect.Value) { setNonZero(reach(spec)) }}}
	}
	var all []leaf
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fieldBare, fieldPath := bare, path
		if name != "" {
			fieldBare = strings.TrimPrefix(bare+"."+name, ".")
			fieldPath = path + "." + name
		}
		all = append(all, leaves(t.Field(i).Type, fieldBare, fieldPath, func(spec reflect.Value) reflect.Value {
			v := reach(spec)
			enable(v)
			return v.Field(i)
		})...)
	}
	return all
}

func enable(v reflect.Value) {
	switch enabled := v.FieldByName("Enabled"); {
	case !enabled.IsValid():
	case enabled.Kind() == reflect.Pointer:
		enabled.Set(reflect.ValueOf(new(true)))
	default:
		enabled.SetBool(true)
	}
}

func setNonZero(v reflect.Value) {
	switch {
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.String:
		v.SetString("x")
	default:
		panic("no value for a " + v.Kind().String())
	}
}

func specLeaves() []leaf {
	return leaves(reflect.TypeFor[v1.BGPConfigurationSpec](), "", "spec", func(v reflect.Value) reflect.Value { return v })
}

// A field has an effect, or the user is told that it has none.
func TestNoFieldIsSilent(t *testing.T) {
	index := regexp.MustCompile(`\[\d+\]`)
	for _, l := range specLeaves() {
		var spec v1.BGPConfigurationSpec
		l.set(reflect.ValueOf(&spec).Elem())
		notes := NotApplied(&spec)
		covered := slices.ContainsFunc(applied, func(a string) bool { return l.bare == a || strings.HasPrefix(l.bare, a+".") })
		switch {
		case covered && len(notes) > 0:
			t.Errorf("%s is applied, but the notes are %v", l.path, notes)
		case covered:
		case len(notes) != 1:
			t.Errorf("%s is not applied, but the notes are %v", l.path, notes)
		case !strings.HasPrefix(l.bare+".", index.ReplaceAllString(strings.TrimPrefix(notes[0].Path, "spec."), "")+"."):
			t.Errorf("%s is not applied, but the note is about %s", l.path, notes[0].Path)
		}
	}
}

// What is claimed to be applied or harmless exists.
func TestAppliedFieldsExist(t *testing.T) {
	all := specLeaves()
	exists := func(field string) bool {
		return slices.ContainsFunc(all, func(l leaf) bool { return l.bare == field || strings.HasPrefix(l.bare, field+".") })
	}
	for _, field := range applied {
		if !exists(field) {
			t.Errorf("applied names %s, which is no field", field)
		}
	}
	for field := range harmless {
		if !exists(field) {
			t.Errorf("harmless names %s, which is no field", field)
		}
		if isApplied(field) {
			t.Errorf("%s is both harmless and applied", field)
		}
	}
}

// Settings that ask for what happens anyway are worth no note.
func TestHarmless(t *testing.T) {
	off := new(false)
	spec := v1.BGPConfigurationSpec{
		Global: v1.Global{ASN: 65000, ListenPort: 179, Confederation: &v1.Confederation{Identifier: 1}},
		Neighbors: []v1.Neighbor{{
			BFD:          &v1.BFD{Enabled: off, DetectionMultiplier: 3},
			EBGPMultihop: &v1.EBGPMultihop{MultihopTTL: 2},
		}},
		PeerGroups:    []v1.PeerGroup{{BFD: &v1.BFD{Enabled: off}}},
		NetlinkExport: &v1.NetlinkExport{Rules: []v1.NetlinkExportRule{{Name: "all"}}},
	}
	if notes := NotApplied(&spec); len(notes) > 0 {
		t.Errorf("notes %v", notes)
	}
}
