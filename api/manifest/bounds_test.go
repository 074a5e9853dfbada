package manifest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// endless is a file without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestHostileFiles checks that files which would cost much more than they hold are refused, and what that costs.
func TestHostileFiles(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := range 30 {
		fmt.Fprintf(&bomb, "a%d: &a%[1]d [%s]\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 9), ","))
	}
	object := `{"apiVersion": "bgp.purelb.io/v1", "kind": "BGPConfiguration", "metadata": {"name": "x"}, "spec": `
	for _, tt := range []struct {
		name, text string
		most       int // MB allocated
	}{
		{"aliases of aliases", bomb.String(), 200},
		{"an alias of itself", "a: &a [*a]\nkind: x\n", 50},
		{"a chain of merges", "a: &a {x: 1}\nb: &b {<<: *a}\nc: {<<: [*a, *b, *a, *b]}\n", 50},
		{"brackets", strings.Repeat("[", 1<<20), 300},
		{"nested JSON", object + strings.Repeat(`{"a":`, 1<<18) + "1" + strings.Repeat("}", 1<<18) + "}", 300},
		{"nested YAML", object + strings.Repeat("{a: ", 1<<17) + "1" + strings.Repeat("}", 1<<17) + "}", 300},
		{"documents", strings.Repeat("---\na\n", 200_000), 100},
		{"JSON documents", strings.Repeat("{}", 200_000), 400},
		{"items without end", `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Repeat("{},", 2_000_000) + "{}]}", 600},
		{"lists of lists", `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Repeat(`{"kind": "List", "items": [{}, {}]},`, 100_000) + "{}]}", 200},
		{"items that are nothing", `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Repeat("{},", 200_000) + "{}]}", 600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(strings.NewReader(tt.text), "x.yaml")
			runtime.ReadMemStats(&after)
			mb := int((after.TotalAlloc - before.TotalAlloc) >> 20)
			if err == nil || mb > tt.most {
				t.Errorf("%d MB allocated, error %.200v", mb, err)
			}
			if err != nil && len(err.Error()) > 1<<20 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			t.Logf("%d MB", mb)
		})
	}
}

// TestFilesWithoutEnd checks that no more is read than a file may have.
func TestFilesWithoutEnd(t *testing.T) {
	if _, err := readAll(endless{}, 1000); err == nil || err.Error() != "has more than 1000 bytes" {
		t.Errorf("%v", err)
	}
	if data, err := readAll(strings.NewReader("1234"), 4); err != nil || len(data) != 4 {
		t.Errorf("%q, %v", data, err)
	}
}
