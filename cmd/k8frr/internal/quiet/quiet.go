// Package quiet keeps Bubble Tea from asking the terminal for its colors when
// a program starts that is merely linked with it.
//
// Its init function (tea_init.go) has Lip Gloss do so, whatever the program is
// about to do, and wait up to five seconds for an answer, which a serial
// console never gives. A terminal of type dumb is not asked. Go initializes a
// package that needs nothing but the standard library before those that Bubble
// Tea needs, because of its path (Go 1.21: ready packages in the order of their
// import paths); main restores what was there.
package quiet

import "os"

var (
	was, there = os.LookupEnv("TERM")
	_          = os.Setenv("TERM", "dumb")
)

// Restore gives the terminal its type back.
func Restore() {
	if there {
		_ = os.Setenv("TERM", was)
		return
	}
	_ = os.Unsetenv("TERM")
}
