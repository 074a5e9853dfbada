package status

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/k8frr/k8frr/render/token"
)

// How long a string of a status may be, in bytes: those of conditions, which quote FRR and a user's own text, and others.
const (
	longestMessage = 4096
	longestText    = 1024
)

// Clean makes a text of a stranger's (a peer's shutdown communication, FRR's words, a user's description) fit to be
// written and printed on a terminal: one line of valid UTF-8 without anything that does not show, such as escapes and what
// turns the direction of writing, and not longer than so many bytes.
func Clean(text string, longest int) string {
	if isClean(text) && len(text) <= longest {
		return text
	}
	var b strings.Builder
	space := false
	for _, r := range text {
		if r == utf8.RuneError || token.Unseen(r) || r == ' ' {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	text = b.String()
	if len(text) <= longest {
		return text
	}
	const more = " …"
	end := longest - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimSpace(text[:end]) + more
}

func isClean(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return text == strings.TrimSpace(text) && !strings.Contains(text, "  ")
}

// cleanAll cleans every string that v leads to, so that none can be forgotten.
func cleanAll(v reflect.Value, longest int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(Clean(v.String(), longest))
	case reflect.Pointer:
		if !v.IsNil() {
			cleanAll(v.Elem(), longest)
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanAll(v.Index(i), longest)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				limit := longest
				if field.Name == "Message" {
					limit = longestMessage
				}
				cleanAll(v.Field(i), limit)
			}
		}
	}
}
