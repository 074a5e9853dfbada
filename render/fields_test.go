package render_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/api/fields"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
)

// TestNoFieldIsWithoutEffect takes each field out of configurations that have
// it, until what becomes of it is what the table of fields says: the text
// changes, or a note at its path goes.
func TestNoFieldIsWithoutEffect(t *testing.T) {
	const enough = 400 // seeds
	type seen struct{ rendered, noted bool }
	found := map[string]*seen{}
	for _, name := range fields.Names() {
		found[name] = &seen{}
	}
	for seed := range uint64(enough) {
		spec := random.Spec(rand.New(rand.NewPCG(seed, 7473)))
		with, noted := outcome(t, &spec, seed)
		for name := range fields.Set(&spec) {
			f := found[name]
			f.noted = f.noted || noted[name]
			if f.rendered {
				continue
			}
			less := spec.DeepCopy()
			clearField(reflect.ValueOf(less).Elem(), strings.Split(name, "."))
			without, _ := outcome(t, less, seed)
			f.rendered = without != with
		}
	}
	for _, name := range fields.Names() {
		f, row := found[name], must(fields.Of(name))
		switch row.Fate {
		case fields.Rendered:
			if !f.rendered {
				t.Errorf("%s is said to be rendered, and changes nothing", name)
			}
		case fields.Partly:
			if !f.rendered || !f.noted {
				t.Errorf("%s is said to be rendered in part: rendered %v, noted %v", name, f.rendered, f.noted)
			}
		case fields.Noted:
			if f.rendered || !f.noted {
				t.Errorf("%s is said to be answered by a note: rendered %v, noted %v", name, f.rendered, f.noted)
			}
		case fields.Usual, fields.Label:
			if f.rendered || f.noted {
				t.Errorf("%s is said to change nothing: rendered %v, noted %v", name, f.rendered, f.noted)
			}
		case fields.Refused:
			if f.rendered || f.noted {
				t.Errorf("%s is said to be refused: rendered %v, noted %v", name, f.rendered, f.noted)
			}
		}
	}
}

func must(r fields.Row, ok bool) fields.Row {
	if !ok {
		panic("a field without a row")
	}
	return r
}

var index = regexp.MustCompile(`\[\d+\]`)

// outcome is everything that a configuration turns into, as text, and the
// fields that notes are about.
func outcome(t *testing.T, spec *v1.BGPConfigurationSpec, seed uint64) (string, map[string]bool) {
	t.Helper()
	noted := map[string]bool{}
	c, notes, err := render.Resolve(input(spec, seed))
	for _, n := range notes {
		noted[strings.TrimPrefix(index.ReplaceAllString(n.Path, ""), "spec.")] = true
	}
	if err != nil {
		return "refused", noted
	}
	return fmt.Sprint(print(t, c), render.Daemons(c), c.StatusEnabled, c.HeartbeatSeconds, c.RouterID), noted
}

// clearField takes a field out wherever it is set.
func clearField(v reflect.Value, name []string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clearField(v.Elem(), name)
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			clearField(v.Index(i), name)
		}
		return
	}
	for i := range v.NumField() {
		own, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch {
		case own == "": // inlined
			clearField(v.Field(i), name)
		case own == name[0] && len(name) == 1:
			v.Field(i).SetZero()
		case own == name[0]:
			clearField(v.Field(i), name[1:])
		}
	}
}
