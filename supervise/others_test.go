package supervise

import (
	"slices"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// TestOthers checks that of many configurations that are not used a few are named, and that the others are counted.
func TestOthers(t *testing.T) {
	for want, o := range map[string]render.Objects{
		"":                          {},
		"a":                         {Ignored: []string{"a"}},
		"a, b, …":                   {Ignored: []string{"a", "b"}, MoreIgnored: true},
		"a, a, a, a, a":             {Ignored: slices.Repeat([]string{"a"}, 5)},
		"a, a, a, a, a and 95 more": {Ignored: slices.Repeat([]string{"a"}, 100)},
		"a, a, a, a, a, …":          {Ignored: slices.Repeat([]string{"a"}, 100), MoreIgnored: true},
	} {
		if got := othersOf(o); got != want {
			t.Errorf("%q, and not %q", got, want)
		}
	}
}
