package main

import (
	"io"
	"os"
)

// isTerminal reports whether a file is a terminal, as far as its mode tells.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colors is whether to write in color: on a terminal that has it, and not if
// the user has set NO_COLOR (https://no-color.org).
func colors(to io.Writer) bool {
	f, ok := to.(*os.File)
	return ok && isTerminal(f) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
