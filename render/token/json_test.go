package token

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
)

// The value of a JSON text stays, and nothing in it is unseen.
func TestJSON(t *testing.T) {
	for _, s := range []string{"plain ü", "a\u202eb", "\U000f0000\ue000", "\u007f\x1b\n", "a\u00a0\ufeff"} {
		text, err := json.Marshal(map[string]string{s: s})
		if err != nil {
			t.Fatal(err)
		}
		shown := JSON(string(text))
		var back map[string]string
		if err := json.Unmarshal([]byte(shown), &back); err != nil || back[s] != s || !IsShown(shown) {
			t.Errorf("%q: %q is %q, %v", s, shown, back, err)
		}
	}
}

func TestJSONWriter(t *testing.T) {
	var out strings.Builder
	slog.New(slog.NewJSONHandler(JSONWriter{&out}, nil)).Info("said", "name\u200b", "a\u202eb", "error", "\U000e0041")
	if said := strings.TrimSpace(out.String()); !IsShown(said) || !strings.Contains(said, `\u202e`) || !strings.Contains(said, `\udb40\udc41`) {
		t.Errorf("%q", said)
	}
}
