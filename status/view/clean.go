package view

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
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

// Text is a string without what a terminal would obey: each such character is
// shown as its code point, and a line break or tab as a space.
func Text(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "�") {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case obeyed(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isClean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return strings.ToValidUTF8(s, "") == s && !strings.ContainsFunc(s, obeyed)
		}
	}
	return true
}

// obeyed says whether a character does something rather than be seen: C0, DEL
// and C1 (ECMA-48), and Unicode's format characters, such as those that turn
// the direction of text.
func obeyed(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
