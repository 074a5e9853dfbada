package fields

import "testing"

// TestEverythingHasASize checks that the schema limits each list, map and text of a spec.
func TestEverythingHasASize(t *testing.T) {
	n := 0
	specSchema().walk("", func(name string, s size) {
		n++
		if s.limit == 0 {
			t.Errorf("%s has no limit of %s", name, s.what)
		}
	})
	if n < 100 {
		t.Errorf("the schema has %d lists, maps and texts", n)
	}
}
