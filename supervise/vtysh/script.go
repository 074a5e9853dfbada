//go:build linux

package vtysh

import (
	"fmt"
	"regexp"
	"strings"
)

// maxLine is the longest line that goes to FRR. vtysh hangs over one of more than 4,096 bytes, and a daemon runs the
// tail of such a command as a command of its own.
const maxLine = 4000

// checkLine refuses what FRR would take for something else than one command. Its text is not repeated in the refusal,
// for it may be long or unprintable.
func checkLine(n int, line string) *Refusal {
	switch {
	case len(line) > maxLine:
		return &Refusal{Line: n, Message: fmt.Sprintf("the line has %d bytes; FRR reads %d", len(line), maxLine)}
	case strings.ContainsAny(line, "\x00\r\n"):
		return &Refusal{Line: n, Message: "the line contains a NUL or a line break, which would begin another command"}
	case strings.Contains(line, " | "):
		return &Refusal{Line: n, Message: `the line contains " | "; FRR would silently drop what follows it`}
	}
	return nil
}

func checkLines(lines []string) Refusals {
	var refusals Refusals
	for i, line := range lines {
		if r := checkLine(i+1, line); r != nil {
			refusals = append(refusals, r)
		}
	}
	return refusals
}

// isComment reports whether FRR skips the line.
func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '!' || line[0] == '#'
}

var staticRoute = regexp.MustCompile(`^\s*(no )?(ip|ipv6) route `)

// onlyStatics reports whether a script is nothing but top-level static routes.
func onlyStatics(lines []string) bool {
	for _, line := range lines {
		if !isComment(line) && !staticRoute.MatchString(line) {
			return false
		}
	}
	return true
}
