package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// Passwords are those of a configuration's sessions, each once. It is no method,
// which templates could call.
func Passwords(c *Config) []Secret {
	var all []Secret
	seen := map[Secret]bool{{}: true}
	add := func(s Secret) {
		if !seen[s] {
			seen[s], all = true, append(all, s)
		}
	}
	for _, i := range c.Instances() {
		for _, g := range i.PeerGroups {
			add(g.Password)
		}
		for _, n := range i.Neighbors {
			add(n.Password)
		}
	}
	return all
}

// Conceal takes secrets out of what is said. Redact finds what follows a word
// of FRR's that announces a password; a template can put one anywhere, as by
// {{fail .Password.Reveal}}, and FRR repeats what it does not take.
func Conceal(said string, secrets []Secret) string {
	var words []string
	for _, s := range secrets {
		if strings.Contains(said, s.Reveal()) {
			words = append(words, s.Reveal())
		}
		if strings.Contains(said, `\`) { // something in it is quoted
			quoted := strconv.Quote(s.Reveal())
			words = append(words, quoted[1:len(quoted)-1])
		}
	}
	// Of two that begin alike the longer one first, or the rest of it is left.
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, w := range words {
		said = token.Conceal(said, w)
	}
	return said
}
