package budget

import (
	"fmt"
	"reflect"
)

// size returns how many bytes a value has, written out: what is reached twice counts twice, as every
// function that prints or copies the value reaches it twice. It panics if a value is larger than
// LargestValue or nested deeper than Nesting, which ends the walk of a value that contains itself.
func (b *Budget) size(v reflect.Value) int {
	s := sizer{left: LargestValue}
	s.walk(v, 0)
	return LargestValue - s.left
}

// reaches reports whether a value contains a map.
func reaches(v reflect.Value, m reflect.Value) bool {
	s := sizer{left: LargestValue, find: m.Pointer()}
	s.walk(v, 0)
	return s.found
}

type sizer struct {
	left  int
	find  uintptr
	found bool
}

func (s *sizer) take(bytes int) {
	if s.left -= bytes; s.left < 0 {
		panic(&Exceeded{text: fmt.Sprintf("a value of more than %d bytes", LargestValue)})
	}
}

func (s *sizer) walk(v reflect.Value, depth int) {
	if depth > Nesting {
		panic(&Exceeded{text: fmt.Sprintf("a value that is nested more than %d levels deep", Nesting)})
	}
	s.take(unit)
	switch v.Kind() {
	case reflect.String:
		s.take(v.Len())
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			s.left += unit
			s.walk(v.Elem(), depth+1)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			s.take(v.Len())
			return
		}
		for i := range v.Len() {
			s.walk(v.Index(i), depth+1)
		}
	case reflect.Map:
		if s.find != 0 && s.find == v.Pointer() {
			s.found = true
			return
		}
		for i := v.MapRange(); i.Next(); {
			s.take(2 * unit)
			s.walk(i.Key(), depth+1)
			s.walk(i.Value(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			s.walk(v.Field(i), depth+1)
		}
	}
}
