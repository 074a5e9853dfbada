package gobgp

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// A text that is too long ends between characters, and says that it goes on.
func TestLongText(t *testing.T) {
	for _, long := range []string{strings.Repeat("4200000000 ", 16000), "x" + strings.Repeat("é", 5000), strings.Repeat("\u202e", 5000)} {
		quoted, err := json.Marshal(long)
		if err != nil {
			t.Fatal(err)
		}
		var got text
		if err := json.Unmarshal(quoted, &got); err != nil {
			t.Fatal(err)
		}
		if s := string(got); !utf8.ValidString(s) || !strings.HasSuffix(s, " …") || len(s) > 4200 {
			t.Errorf("%d bytes, from %q to %q", len(s), s[:20], s[len(s)-20:])
		}
	}
}
