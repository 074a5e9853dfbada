//go:build linux

package vtysh

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzOutput: whatever vtysh prints of whatever script, nothing panics, what is refused names a line of the script, and no
// refusal is longer than what is written of one or tells a password.
func FuzzOutput(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if script, out := archive.Files[0].Data, archive.Files[1].Data; len(script)+len(out) < 4<<10 {
			f.Add(string(out), string(script))
		}
	}
	f.Add("line 99999999999999999999: Failure to communicate[13] to bgpd, line: x\n", "x")
	f.Add("\x1b[31m% owned\nline 1: % Unknown command[4]: \xff\n", "\x1b")
	const secret = "not-to-be-seen"
	f.Fuzz(func(t *testing.T, out, text string) {
		script := append(strings.Split(text, "\n"), "router bgp 1", " neighbor 10.0.0.1 password "+secret)
		for _, r := range parseOutput(strings.ReplaceAll(out, "SECRET", secret), script) {
			if r.Line < 0 || r.Line > len(script) {
				t.Errorf("line %d of %d", r.Line, len(script))
			}
			if len(r.Message) > 16*maxMessage { // "<redacted>" may stand for each letter
				t.Errorf("a message of %d bytes", len(r.Message))
			}
			if strings.Contains(r.Error(), secret) && !strings.Contains(text, secret) && !strings.Contains(out, secret) {
				t.Errorf("the password is told: %q", r.Error())
			}
		}
		_, _ = onlyBGP(script), blocksOf(script)
		if m := message(out); len(m) > maxMessage+len("…") {
			t.Errorf("a message of %d bytes", len(m))
		}
	})
}
