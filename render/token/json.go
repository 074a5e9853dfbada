package token

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns JSON in which each character that is not seen, which can stand in
// strings only, is escaped, as in \u202e: the same value, and nothing for a
// terminal to obey.
func JSON(text string) string {
	isUnseen := func(r rune) bool { return r >= utf8.RuneSelf && Unseen(r) || r == 0x7F }
	if !strings.ContainsFunc(text, isUnseen) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !isUnseen(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// A JSONWriter writes JSON so. Each write must be of whole characters.
type JSONWriter struct{ To io.Writer }

// Write implements io.Writer.
func (w JSONWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.To, JSON(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
