package daemons

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/k8frr/k8frr/render/token"
)

// lines hands on what is written to it, line by line and without passwords:
// bgpd repeats the commands that it refuses, and with `log commands` all. With
// `bgp log-neighbor-changes` it repeats the names that peers give themselves,
// as they are; so what a terminal would obey is taken out.
type lines struct {
	each func(line string)
	rest []byte
}

// longest is how much of a line is kept waiting for its end.
const longest = 8 << 10

// stamp is what FRR's daemons put before their lines: the time, and their name
// in capitals, which a log entry has already.
var stamp = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[A-Z0-9_]+: )?`)

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte{'\n'})
		if !whole && len(line) < longest {
			return len(p), nil
		}
		l.rest = rest
		if text := bytes.TrimSpace(line); len(text) > 0 {
			l.each(strings.Map(shown, token.Redact(string(stamp.ReplaceAll(text, nil)))))
		}
	}
}

// shown is a character of a line, or what stands for one that is not seen.
func shown(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case token.Unseen(r):
		return utf8.RuneError
	}
	return r
}
