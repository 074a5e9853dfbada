package topology

import (
	"strings"
	"unicode"
)

// font is how a text is set. A picture that brings no font with it is shown in
// one that is not known here, so widths are those of a wide one.
type font struct {
	size int
	mono bool
	bold bool
}

// width is how wide a text is at most, in pixels.
func (f font) width(s string) int {
	w := 0
	for _, r := range s {
		w += f.em(r)
	}
	w *= f.size
	if f.bold {
		w += w / 7
	}
	return (w + 999) / 1000
}

// em is the width of a character in thousandths of the font's size.
func (f font) em(r rune) int {
	switch {
	case wide(r):
		return 1000
	case f.mono:
		return 605
	case strings.ContainsRune("iljI.,:;'|!()[] -/tfr·", r):
		return 370
	case strings.ContainsRune("mwMW@%…", r):
		return 930
	case unicode.IsUpper(r):
		return 700
	}
	return 590
}

// wide reports whether a character takes the place of two: those of East Asian
// scripts, and pictures.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 || r >= 0x1f000)
}

// fit cuts a text that is wider than it may be.
func (f font) fit(s string, most int) string {
	if f.width(s) <= most {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && f.width(string(runes)+"…") > most {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// wrap breaks a text into lines, at most so many; the last is cut.
func (f font) wrap(s string, most, lines int) []string {
	var out []string
	words := strings.Fields(s)
	for len(words) > 0 {
		n := 1
		for n < len(words) && f.width(strings.Join(words[:n+1], " ")) <= most {
			n++
		}
		if len(out) == lines-1 {
			n = len(words)
		}
		out = append(out, f.fit(strings.Join(words[:n], " "), most))
		words = words[n:]
	}
	return out
}
