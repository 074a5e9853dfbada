// Package secrets looks for passwords where none may be: it plants some that nobody else would write, and finds them again in
// whatever form.
package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Password is one to plant: it has a name, by which it is found again, and what quoting, escaping and markup would change.
func Password(name string) string { return core(name) + `"\'<&%+é` }

// core is what no quoting and no escaping changes.
func core(name string) string { return "Zq7" + name + "xK9" }

// Planted are the names of passwords, or what others have made: tokens.
type Planted []string

// In says which of them a text has, and in what form.
func (p Planted) In(text []byte) []string {
	var found []string
	for _, name := range p {
		word := core(name)
		if len(name) > longest { // whose own name would give it away
			name, word = "a token", name[len(name)-longest:]
		}
		for form, shape := range forms(word) {
			if bytes.Contains(text, []byte(shape)) {
				found = append(found, name+" "+form)
			}
		}
	}
	return found
}

// longest is how long a name is that is not one of Password's.
const longest = 40

// forms are what a word may look like.
func forms(word string) map[string]string {
	all := map[string]string{
		"in plain text":     word,
		"in hexadecimal":    hex.EncodeToString([]byte(word)),
		"in HEXADECIMAL":    strings.ToUpper(hex.EncodeToString([]byte(word))),
		"as a list of Go's": strings.Trim(fmt.Sprint([]byte(word)), "[]"),
		"as a list of JSON": strings.ReplaceAll(strings.Trim(fmt.Sprint([]byte(word)), "[]"), " ", ","),
		"backwards":         backwards(word),
	}
	// In base64 three bytes are four letters: it looks otherwise after one byte or two. Of the ends, other bytes are a part.
	for before := range 3 {
		shape := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + word))
		all[fmt.Sprintf("in base64, after %d bytes", before)] = shape[4 : len(shape)-4]
	}
	return all
}

func backwards(word string) string {
	b := []byte(word)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
