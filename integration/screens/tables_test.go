package screens

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cluster is a cluster of six nodes in which much is wrong, as the tests of the
// command line have it.
func cluster(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../cmd/k8frr/testdata/inspect/cluster")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Every table, on a narrow terminal and on a wide one.
func TestTables(t *testing.T) {
	for name, command := range map[string]string{
		"status": "status", "status-wide": "status -o wide", "sessions": "sessions", "sessions-wide": "sessions -o wide",
		"dataplane": "dataplane", "dataplane-wide": "dataplane -o wide", "dataplane-service": "dataplane shop/cart", "node": "node worker-4", "node-wide": "node worker-3 -o wide",
	} {
		for _, columns := range []int{80, 200} {
			t.Run(fmt.Sprintf("%s-%d", name, columns), func(t *testing.T) {
				t.Parallel()
				tm := open(t, columns, 70, "clear; k8frr "+command+" -f "+cluster(t))
				tm.shows("[status 0]")
				tm.golden(fmt.Sprintf("%s-%d", name, columns))
			})
		}
	}
}

// Red is what is broken, and only where colors are wanted.
func TestColors(t *testing.T) {
	command := "k8frr dataplane -f " + cluster(t)
	tm := open(t, 80, 40, command)
	tm.shows("[status 0]")
	if screen := tm.screen("-e"); !regexp.MustCompile(`\x1b\[[0-9;]*31m[^\x1b]*UNREACHABLE`).MatchString(screen) {
		t.Errorf("UNREACHABLE is not red: %q", screen)
	}
	for what, tm := range map[string]*terminal{
		"with NO_COLOR": open(t, 80, 40, command, "NO_COLOR=1"), "on a dumb terminal": open(t, 80, 40, command, "TERM=dumb"), "in a pipe": open(t, 80, 40, command+" | cat"),
	} {
		tm.shows("[status 0]")
		if written := tm.written(); !strings.Contains(written, "UNREACHABLE") || strings.Contains(written, "\x1b[") {
			t.Errorf("%s: %q", what, written)
		}
	}
}

// No command asks the terminal anything, and waits for an answer that a serial
// console would never give.
func TestNothingIsAskedOfTheTerminal(t *testing.T) {
	tm := open(t, 80, 24, "k8frr version; k8frr status -f "+cluster(t), "TERM=xterm-256color")
	tm.shows("[status 0]")
	for _, question := range []string{"\x1b]10", "\x1b]11", "\x1b[6n", "\x1b[c"} {
		if written := tm.written(); strings.Contains(written, question) {
			t.Errorf("it asks %q: %q", question, written)
		}
	}
}
