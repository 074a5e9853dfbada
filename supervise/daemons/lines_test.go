package daemons

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
)

// However a daemon's words arrive, they are told line by line, and nothing of them is obeyed by a terminal.
func TestHostileLines(t *testing.T) {
	const said = "2026/11/23 08:34:22 BGP: [H4B4J-DCW2R] plain\n\n  neighbor 10.1.0.10(evil\x1b[31m\x9b2J\u202e\x7f) Up\r\na\tb – ü\nneighbor 10.0.0.1 password not-to-be-seen\nno end"
	want := []string{"[H4B4J-DCW2R] plain", "neighbor 10.1.0.10(evil\ufffd[31m\ufffd2J\ufffd\ufffd) Up", "a b – ü"}
	var got []string
	if _, err := io.Copy(&lines{each: func(line string) { got = append(got, line) }}, iotest.OneByteReader(strings.NewReader(said))); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || !slices.Equal(got[:3], want) || strings.Contains(got[3], "not-to-be-seen") {
		t.Errorf("%q", got)
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("2026/11/23 08:34:22 BGP: x\n"))
	f.Add([]byte("\x1b[31m\xff\u202e\n"))
	f.Add([]byte(strings.Repeat("x", 20000)))
	f.Fuzz(func(t *testing.T, said []byte) {
		l := &lines{each: func(line string) {
			if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q", line)
			}
			if len(line) > 8*longest {
				t.Errorf("a line of %d bytes", len(line))
			}
		}}
		for len(said) > 0 {
			n := min(len(said), 1000)
			_, _ = l.Write(said[:n])
			said = said[n:]
		}
	})
}
