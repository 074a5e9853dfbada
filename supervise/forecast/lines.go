package forecast

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/k8frr/k8frr/render"
)

// unified is the difference of two texts in unified form, passwords redacted.
func unified(before, after string) string {
	text := string(diff.Diff("before/frr.conf", []byte(render.Redact(before)), "after/frr.conf", []byte(redactBeside(before, after))))
	_, text, _ = strings.Cut(text, "\n") // the command line of diff
	return text
}

// redactBeside redacts a text so that a password that differs from the one
// before is a line that differs.
func redactBeside(before, after string) string {
	known := map[string]bool{} // lines with their passwords
	told := map[string]bool{}  // the same redacted
	for line := range strings.Lines(before) {
		if shown := render.Redact(line); shown != line {
			known[line], told[shown] = true, true
		}
	}
	var out strings.Builder
	for line := range strings.Lines(after) {
		shown := render.Redact(line)
		if shown != line && !known[line] && told[shown] {
			shown = strings.TrimSuffix(shown, "\n") + " (another one)\n"
		}
		out.WriteString(shown)
	}
	return out.String()
}
