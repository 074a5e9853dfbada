package gobgp

import (
	"encoding/json"
	"strings"

	"github.com/k8frr/k8frr/status/view"
)

// Text is a string without what a terminal would obey: control characters, and what reorders or hides text.
func Text(s string) string { return view.Text(s) }

// text is a string of an answer of FRR. Peers choose some of them.
type text string

// UnmarshalJSON cleans the string as it is read, so that none is forgotten.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	const longest = 4096 // an AS path of 600 numbers; one UPDATE has room for 16,000
	if s = view.Text(s); len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + " …"
	}
	*t = text(s)
	return nil
}
