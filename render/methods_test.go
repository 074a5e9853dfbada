package render

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render/budget"
)

// cheapMethods are the methods of what the document holds, and of the results of these, whose cost
// does not grow with the document.
const cheapMethods = `
	Abs Add AddDate Addr After Any AppendBinary AppendFormat AppendText AppendTo As16 As4 AsSlice
	Before BitLen Bits Bool Compare Contains Day Duration Equal Error Family Float64 Format
	GoString GobEncode Group Hour Hours ISOWeek In Int64 Is4 Is4In6 Is6 IsDST IsGlobalUnicast
	IsInterfaceLocalMulticast IsLinkLocalMulticast IsLinkLocalUnicast IsLoopback IsMulticast
	IsPrivate IsSingleIP IsUnspecified IsValid IsZero Kind Less Line Local Location LogValue
	LogValuer MarshalBinary MarshalJSON MarshalText Masked Microseconds Milliseconds Minute Minutes
	Month Nanosecond Nanoseconds Next Overlaps Port Prefix Prev Profile Resolve Reveal Round Second
	Seconds String StringExpanded Sub Time Truncate UTC Uint64 Unix UnixMicro UnixMilli UnixNano
	Unmap UnmarshalBinary UnmarshalText Unnumbered Weekday WithZone Year YearDay Zone ZoneBounds`

// TestMethodsOfTheDocumentHaveACost checks that package budget knows of each method that a template
// can call whether its cost grows with the document.
func TestMethodsOfTheDocumentHaveACost(t *testing.T) {
	cheap := strings.Fields(cheapMethods)
	seen, unknown := map[reflect.Type]bool{}, map[string]bool{}
	var visit func(reflect.Type)
	visit = func(of reflect.Type) {
		if seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumMethod() {
			m := of.Method(i)
			if n := m.Type.NumOut(); n == 0 || n > 2 {
				continue
			}
			if !budget.Costly(m.Name) && !slices.Contains(cheap, m.Name) {
				unknown[m.Name] = true
			}
			visit(m.Type.Out(0))
		}
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			visit(of.Elem())
		case reflect.Map:
			visit(of.Key())
			visit(of.Elem())
		case reflect.Struct:
			for i := range of.NumField() {
				if f := of.Field(i); f.IsExported() {
					visit(f.Type)
					if f.Type.Kind() == reflect.Struct {
						visit(reflect.PointerTo(f.Type))
					}
				}
			}
		}
	}
	visit(reflect.TypeFor[document]())
	for name := range unknown {
		t.Errorf("the cost of the method %s is not known: add it to package budget or to cheapMethods", name)
	}
}
