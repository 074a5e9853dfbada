package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A word is one of a line.
type word struct {
	raw        string // as it is
	text       string // in lower case ASCII, without the punctuation around it in a sentence
	start, end int    // in the line
	// value is where a secret begins after an equals sign, as in
	// password=SECRET, or 0.
	value int
}

// wordsOf are the words of a line.
func wordsOf(line string) []word {
	words := make([]word, 0, 16)
	begin := -1
	add := func(end int) {
		if begin < 0 {
			return
		}
		w := word{raw: line[begin:end], start: begin, end: end}
		w.text = strings.TrimRight(strings.TrimLeft(lowerASCII(w.raw), "\"'`([{%!#-+>"), "\"'`)]},:;.")
		if at := strings.IndexAny(w.raw, "=:"); at > 0 && at+1 < len(w.raw) && announces(strings.Trim(lowerASCII(w.raw[:at]), "\"'`([{%!#-+>")) {
			w.value = begin + at + 1
		}
		words = append(words, w)
		begin = -1
	}
	for i, r := range line {
		switch {
		case unicode.IsSpace(r):
			add(i)
		case begin < 0:
			begin = i
		}
	}
	add(len(line))
	return words
}

// lowerASCII is a word in lower case without what is not ASCII: no keyword of
// FRR has another character, and one that is not seen hides none.
func lowerASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return strings.Map(func(r rune) rune {
				if r >= utf8.RuneSelf {
					return -1
				}
				return unicode.ToLower(r)
			}, s)
		}
	}
	return s
}

// isAbbreviation reports whether w is a keyword, or at least so many of its
// first letters.
func isAbbreviation(w, keyword string, least int) bool {
	return len(w) >= min(least, len(keyword)) && strings.HasPrefix(keyword, w)
}

func isNumber(w string) bool { return w != "" && strings.Trim(w, "0123456789") == "" }

// lists are keywords of lists whose kind or name follows.
var lists = wordSet("community-list extcommunity-list large-community-list")

// named are keywords that a name follows.
var named = wordSet(`access-list prefix-list filter-list distribute-list offset-list segment-list
	comm-list large-comm-list extended-comm-list
	route-map unsuppress-map advertise-map exist-map non-exist-map table-map pbr-map
	peer-group interface vrf nexthop-vrf call update-source chain key-chain keychain`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// texts are keywords that a text for people follows, up to the end of the line.
var texts = wordSet("description remark motd")

// announces reports whether a secret follows a word in a command that FRR does
// not have.
func announces(w string) bool {
	switch w {
	case "key", "psk", "pw", "pwd", "md5", "credential", "credentials", "passphrase":
		return true
	case "":
		return false
	}
	return strings.Contains(w, "passw") || strings.Contains(w, "secret") || strings.HasSuffix(w, "-key") || strings.HasPrefix(w, "key-s") ||
		isAbbreviation(w, "password", 4) || isAbbreviation(w, "secret", 4) || isMistyped(w)
}

// isMistyped reports whether a word is password or secret with one letter too
// few, too many or wrong, or two exchanged. bgpd has no keyword that is.
func isMistyped(w string) bool {
	for _, keyword := range []string{"password", "secret"} {
		if d := len(w) - len(keyword); d < -1 || d > 1 {
			continue
		}
		head := 0
		for head < min(len(w), len(keyword)) && w[head] == keyword[head] {
			head++
		}
		a, b := w[head:], keyword[head:]
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:] ||
			a != "" && b != "" && a[1:] == b[1:] || a != "" && a[1:] == b || b != "" && a == b[1:] {
			return true
		}
	}
	return false
}
