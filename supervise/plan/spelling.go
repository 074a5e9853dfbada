package plan

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// freeText are the words after which a line is the operator's text or a secret.
var freeText = []string{"description", "password", "key", "key-string", "banner", "remark"}

// spelled returns a line with its IPv6 addresses and prefixes in the spelling
// that is compared (token.Canonical), because FRR spells some of them otherwise
// than netip. A text or a secret that looks like an address stays as it is.
func spelled(line string) string {
	if !strings.Contains(line, "::") {
		return line
	}
	words := strings.Split(line, " ")
	changed := false
	for i, word := range words {
		// The second word is a name, or the address of a neighbor.
		if i != 1 && slices.Contains(freeText, word) {
			break
		}
		if to := token.Canonical(word); to != word {
			words[i], changed = to, true
		}
	}
	if !changed {
		return line
	}
	return strings.Join(words, " ")
}
