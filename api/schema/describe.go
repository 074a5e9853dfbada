package schema

import (
	"fmt"
	"strings"

	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// Description is what the schema says of a field.
type Description struct {
	// Type is such as integer, 1 to 65535, or list of string.
	Type string
	// Text is for people; it may be empty.
	Text    string
	Default string
	// OneOf are the values that it can have, if they are few.
	OneOf []string
}

// Describe returns what the schema says of a field of a BGPConfiguration, such
// as spec.neighbors.timers.holdTime; ok is false if there is none.
func Describe(path string) (d Description, ok bool) {
	k, err := kinds[kindConfiguration]()
	if err != nil {
		return Description{}, false
	}
	names := strings.Split(path, ".")
	at, list := k.structural, false
	for _, name := range names {
		next, has := at.Properties[name]
		if !has {
			return Description{}, false
		}
		at = &next
		d.Text = at.Description
		if list = at.Items != nil; list {
			at = at.Items
		}
	}
	d.Type = typeOf(at)
	if list {
		d.Type = "list of " + d.Type
	}
	if v := at.Default.Object; v != nil {
		d.Default = fmt.Sprint(v)
	}
	if at.ValueValidation != nil {
		for _, v := range at.ValueValidation.Enum {
			if text := fmt.Sprint(v.Object); text != "" {
				d.OneOf = append(d.OneOf, text)
			}
		}
	}
	return d, true
}

func typeOf(s *structural.Structural) string {
	text := s.Type
	if s.XIntOrString {
		text = "integer or string"
	}
	v := s.ValueValidation
	switch {
	case v == nil:
	case v.Minimum != nil && v.Maximum != nil:
		text += fmt.Sprintf(", %.0f to %.0f", *v.Minimum, *v.Maximum)
	case v.Minimum != nil:
		text += fmt.Sprintf(", at least %.0f", *v.Minimum)
	case v.Maximum != nil:
		text += fmt.Sprintf(", at most %.0f", *v.Maximum)
	}
	return text
}
