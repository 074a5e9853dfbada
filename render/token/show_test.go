package token

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestShow(t *testing.T) {
	for text, want := range map[string]string{
		"plain, größer, 漢字, العربية 🛰": "plain, größer, 漢字, العربية 🛰",
		"key\n::warning::forged":       "key ::warning::forged",
		"a\u202eb\u200bc\ufeffd":       "a<U+202E>b<U+200B>c<U+FEFF>d",
		"a\u2028b\u2029c":              "a<U+2028>b<U+2029>c",
		"\x1b[31m\u009b31m\x7f":        "<U+001B>[31m<U+009B>31m<U+007F>",
		"not\xffutf8 \uFFFD":           "not\uFFFDutf8 \uFFFD",
		"a\u00a0b\u3000c":              "a<U+00A0>b<U+3000>c",
		"a\u3164b\u034fc\ufe0fd\u2800": "a<U+3164>b<U+034F>c<U+FE0F>d<U+2800>",
		"a\ue000b\U000e0041c\u0378":    "a<U+E000>b<U+E0041>c<U+0378>",
	} {
		if got := Show(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if IsShown(text) != (text == want) {
			t.Errorf("%q: IsShown is %t", text, IsShown(text))
		}
	}
}

// Unicode's own classes are the oracle.
func TestUnseen(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		acts := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Bidi_Control, unicode.Join_Control, unicode.Other_Default_Ignorable_Code_Point)
		assigned := unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)
		if (acts || !assigned) && !Unseen(r) {
			t.Errorf("%U counts as seen", r)
		}
		if unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.Sm, unicode.Sc) && Unseen(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point) {
			t.Errorf("%U counts as unseen", r)
		}
	}
}

func TestSeen(t *testing.T) {
	for text, want := range map[string]string{
		"a\u202eb\u200bc": "abc", "a b\tc\n": "a b\tc\n", "⚙\ufe0f fine": "⚙ fine", "漢字": "漢字", "a\u00a0b": "a b",
	} {
		if got := Seen(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzShow(f *testing.F) {
	f.Add("key\n\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Show(s); strings.ContainsFunc(got, Unseen) || Show(got) != got || !utf8.ValidString(got) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
