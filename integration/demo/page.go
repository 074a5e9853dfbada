//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// page is what the reader sees.
type page struct {
	w      io.Writer
	colour bool
}

// newPage uses colours on a terminal whose user has not declined them (no-color.org).
func newPage(f *os.File) *page {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return &page{w: f, colour: err == nil && os.Getenv("NO_COLOR") == ""}
}

const (
	bold  = "1"
	green = "32"
	cyan  = "36"
)

func (p *page) paint(style, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (p *page) heading(text string) { fmt.Fprintf(p.w, "\n%s\n", p.paint(bold, text)) }
func (p *page) plain(text string)   { fmt.Fprintln(p.w, text) }

// command prints a command line, which may continue on further lines.
func (p *page) command(text string) {
	for line := range strings.SplitSeq("$ "+text, "\n") {
		fmt.Fprintf(p.w, "   %s\n", p.paint(cyan, line))
	}
}

// output prints what a command printed, as it was but for the indentation.
func (p *page) output(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(p.w, "   %s\n", strings.TrimRight(line, "\n "))
	}
}

// done prints what was seen to happen.
func (p *page) done(format string, args ...any) {
	fmt.Fprintf(p.w, "   %s %s\n", p.paint(green, "✓"), p.paint(bold, fmt.Sprintf(format, args...)))
}
