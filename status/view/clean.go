package view

import (
	"reflect"

	"github.com/k8frr/k8frr/render/token"
)

// Clean takes out of every string of an object what a terminal would obey
// rather than show: control characters, and what reorders or hides text. It
// changes the object.
func Clean(object any) { clean(reflect.ValueOf(object)) }

func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clean(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			clean(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k == reflect.Uint8 || k == reflect.Bool {
			return
		}
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case reflect.Map:
		cleanMap(v)
	case reflect.String:
		if s := v.String(); !isClean(s) && v.CanSet() {
			v.SetString(Text(s))
		}
	}
}

// cleanMap cleans the keys and values of a map of strings. There are no others
// in what is looked at.
func cleanMap(v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String || v.Type().Elem().Kind() != reflect.String {
		return
	}
	for _, key := range v.MapKeys() {
		value := v.MapIndex(key)
		if isClean(key.String()) && isClean(value.String()) {
			continue
		}
		v.SetMapIndex(key, reflect.Value{})
		v.SetMapIndex(reflect.ValueOf(Text(key.String())).Convert(key.Type()), reflect.ValueOf(Text(value.String())).Convert(value.Type()))
	}
}

// Text is a string as it may be printed in one line; see token.Show.
func Text(s string) string { return token.Show(s) }

func isClean(s string) bool { return token.IsShown(s) }
