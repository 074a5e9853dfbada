package manifest

import (
	"errors"
	"strings"
	"testing"
)

// TestLinesOfMistakes checks the line of mistakes for which the YAML decoder gives none.
func TestLinesOfMistakes(t *testing.T) {
	const head = "# a comment with *missing\n---\n{apiVersion: v1, kind: Node, metadata: {name: x}}\n# more\n---\napiVersion: v1\nkind: Node\nspec:\n" // of 8 lines
	for name, text := range map[string]string{
		"an anchor that there is not": "  a: *missing\n",
		"one in a list":               "  a: [x, *missing, y]\n",
		"one of a list":               "  - *missing\n",
		"one that is in a comment":    "  a: *missing # *missing\n  b: 1\n",
		"a list as a key":             "  ? [a, b]\n  : 1\n",
		"a map as a key":              "  {{x}}: 1\n",
		"an alias of itself":          "  a: &a [*a]\n",
		"a merge with no map":         "  a: {<<: 1}\n",
	} {
		_, err := Read(strings.NewReader(head+text), "x.yaml")
		var e *Error
		if !errors.As(err, &e) || e.Line != 9 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
