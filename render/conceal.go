package render

import (
	"reflect"
	"strconv"
	"strings"
)

// conceal takes the passwords of a configuration out of what is said about it.
// A template can put one anywhere, {{fail .Password.Reveal}} into an error.
func conceal(c *Config, said string) string {
	eachSecret(reflect.ValueOf(c), func(s Secret) {
		quoted := strconv.Quote(s.Reveal())
		said = strings.ReplaceAll(said, s.Reveal(), Redacted)
		said = strings.ReplaceAll(said, quoted[1:len(quoted)-1], Redacted)
	})
	return said
}

// eachSecret calls a function for every secret that a value holds.
func eachSecret(v reflect.Value, f func(Secret)) {
	if !v.IsValid() {
		return
	}
	if v.Type() == reflect.TypeFor[Secret]() {
		if s, ok := reflect.TypeAssert[Secret](v); ok && !s.IsZero() {
			f(s)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		eachSecret(v.Elem(), f)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			eachSecret(v.Index(i), f)
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			eachSecret(value, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachSecret(v.Field(i), f)
			}
		}
	}
}
