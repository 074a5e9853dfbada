//go:build linux

package vtysh

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const redacted = "<redacted>"

// secretWord precedes a secret in FRR's commands: neighbor X password [7] P, key-string, ip ospf
// (message-digest-)authentication-key, isis and area passwords.
var secretWord = regexp.MustCompile(`(?i)\b((?:password|passwd|key-string|authentication-key|md5|secret)[ \t]+(?:[0-9][ \t]+)?)([^\r\n]+)`)

// redact hides what follows a word that announces a secret, up to the end of the line.
func redact(text string) string {
	return secretWord.ReplaceAllString(text, "${1}"+redacted)
}

// redactor hides the secrets of a script wherever FRR repeats them, also without the word in front.
func redactor(script []string) func(string) string {
	var secrets []string
	for _, line := range script {
		if m := secretWord.FindStringSubmatch(line); m != nil {
			secrets = append(secrets, strings.TrimSpace(m[2]))
			secrets = append(secrets, strings.Fields(m[2])...)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	secrets = slices.Compact(secrets)
	return func(text string) string {
		text = redact(text)
		for _, s := range secrets {
			text = hideWord(text, s)
		}
		return text
	}
}

// hideWord replaces word where it is not a part of a longer one, so that a short secret does not garble the message.
func hideWord(text, word string) string {
	var b strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, word)
		if word == "" || !found {
			b.WriteString(rest)
			return b.String()
		}
		left, _ := utf8.DecodeLastRuneInString(before)
		right, _ := utf8.DecodeRuneInString(after)
		b.WriteString(before)
		if inWord(left) || inWord(right) {
			b.WriteString(word)
		} else {
			b.WriteString(redacted)
		}
		rest = after
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
