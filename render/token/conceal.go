package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// short is how many bytes a secret has that a longer word may contain by chance.
const short = 6

// Conceal replaces a secret wherever a text has it; a short one only where it
// stands by itself, or nothing of the text could be read.
func Conceal(text, secret string) string {
	if secret == "" || !strings.Contains(text, secret) {
		return text
	}
	if len(secret) > short {
		return strings.ReplaceAll(text, secret, Redacted)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, secret)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		left, _ := utf8.DecodeLastRuneInString(before)
		right, _ := utf8.DecodeRuneInString(after)
		if inWord(left) || inWord(right) {
			b.WriteString(secret)
		} else {
			b.WriteString(Redacted)
		}
		text = after
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
