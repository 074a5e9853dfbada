//go:build linux

package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A password is found in every form in which a program may let one slip, and not where there is none.
func TestPlanted(t *testing.T) {
	word := Password("One")
	quoted, _ := json.Marshal(map[string]string{"said": "before " + word})
	for _, text := range []string{
		word, "x" + word + "y", string(quoted), url.QueryEscape(word), fmt.Sprintf("%q %x", word, 1),
		hex.EncodeToString([]byte(" " + word)), fmt.Sprintf("%v", []byte(word)), fmt.Sprintf("%X", word), `[90,113,55,79,110,101,120,75,57,34]`,
		base64.StdEncoding.EncodeToString([]byte(word)), base64.URLEncoding.EncodeToString([]byte("password: " + word)),
		base64.RawStdEncoding.EncodeToString([]byte("ab" + word + "c")), base64.StdEncoding.EncodeToString([]byte(`{"a":"` + word + `"}`)),
	} {
		if found := (Planted{"Two", "One"}).In([]byte(text)); len(found) != 1 || !strings.HasPrefix(found[0], "One ") {
			t.Errorf("%s: found %q", text, found)
		}
	}
	if found := (Planted{"One", strings.Repeat("token", 30)}).In([]byte(Password("Two") + "<redacted>" + strings.Repeat("token", 7))); len(found) > 0 {
		t.Errorf("found %q where nothing is", found)
	}
	if token := strings.Repeat("abc.", 30) + "signature"; !slices.Equal(Planted{token}.In([]byte("Bearer "+token)), []string{"a token in plain text"}) {
		t.Error("a token is not found")
	}
}
