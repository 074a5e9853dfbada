package token

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Show returns a text of a user, a peer or a file as it may be printed in one
// line: each character that is not seen is shown as its code point, such as
// <U+202E>, a line break or tab as a space, and what is not UTF-8 as U+FFFD.
func Show(s string) string {
	if IsShown(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case Unseen(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// IsShown reports whether Show leaves a text as it is.
func IsShown(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, Unseen)
		}
	}
	return true
}

// Unseen reports whether a character does something rather than be seen, or
// cannot be told from another: control characters (ECMA-48), format characters
// such as those that turn the direction of text or join others (Unicode Cf, Zl,
// Zp), other blanks than the space, characters without a picture (variation
// selectors, fillers), private and unassigned ones.
func Unseen(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7F
	}
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800'
}

// Seen returns a text without the characters that are not seen. Control
// characters stay; blanks that are like a space become one.
func Seen(s string) string {
	if IsShown(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case control(r) || !Unseen(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, s)
}
