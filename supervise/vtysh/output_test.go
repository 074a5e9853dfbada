//go:build linux

package vtysh

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the refusals that were found into testdata")

// Each file of testdata is what real FRR printed for a script; its first line has the command.
func TestOutput(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script := strings.Split(strings.TrimSuffix(string(archive.Files[0].Data), "\n"), "\n")
			refusals := parseOutput(string(archive.Files[1].Data), script)
			got := ""
			for _, r := range refusals {
				got += r.Error() + "\n"
			}
			if *update {
				archive.Files = append(archive.Files[:2], txtar.File{Name: "refusals", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[2].Data), got); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "hunter2") || strings.Contains(got, "two words") {
				t.Errorf("a password is in the refusals:\n%s", got)
			}
		})
	}
}

// With children that vtysh has forked (10.x without --no-fork) the same complaint comes once per child.
func TestOutputOfChildren(t *testing.T) {
	script := []string{"router bgp 65000", " nonsense here", "exit"}
	const out = `[23030|mgmtd] sending configuration
[23031|zebra] sending configuration
line 2: % Unknown command[28]:  nonsense here
[23037|bgpd] sending configuration
Waiting for children to finish applying config...
line 2: % Unknown command[28]:  nonsense here
[23031|zebra] Configuration file[/etc/frr/frr.conf] processing failure: 2
[23037|bgpd] done
`
	want := Refusals{{Line: 2, Command: "nonsense here", Status: 2, Message: "% Unknown command"}}
	if diff := cmp.Diff(want, parseOutput(out, script)); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
}

// mgmtd 10.7 puts a line before its notes, of which none is a refusal.
func TestOutputWithNotes(t *testing.T) {
	const out = "[143|mgmtd] sending configuration\n% Configuration applied with notes:\nNo changes found to be committed!\n[143|mgmtd] done\n"
	if got := parseOutput(out, []string{"ip route 10.1.2.0/24 Null0"}); len(got) != 0 {
		t.Errorf("refusals: %v", got)
	}
}

func TestOutputOfDeath(t *testing.T) {
	const out = "vtysh: error reading from bgpd: Connection reset by peer (104)Warning: closing connection to bgpd because of an I/O error!\n"
	got := parseOutput(out, []string{"router bgp 65000"})
	if len(got) != 1 || got[0].Daemon != "bgpd" || got[0].Line != 0 {
		t.Errorf("got %v, want one refusal of bgpd's", got)
	}
}

func TestLocked(t *testing.T) {
	for text, want := range map[string]bool{
		"% Can't enter config; candidate datastore locked by another session\n": true, // configure terminal, 10.3
		"% Can't enter config; running datastore locked by another session\n":   true,
		"% command failed, could not lock candidate DS\n":                       true, // ip route, 10.3
		"% command failed, could not lock running DS\n":                         true, // just after mgmtd's start
		"% Configuration is locked by other client\n":                           true, // configure terminal, 8.4
		"% Configuration failed.\n":                                             false,
	} {
		if locked.MatchString(text) != want {
			t.Errorf("locked(%q) = %v", text, !want)
		}
	}
}

func TestMessageIsBounded(t *testing.T) {
	if m := message(strings.Repeat("é", maxMessage)); len(m) > maxMessage+len("…") || !strings.HasSuffix(m, "é…") {
		t.Errorf("%d bytes, ending in %q", len(m), m[len(m)-8:])
	}
	if m := message("% a\n\n% b \n% a\n"); m != "% a\n% b" {
		t.Errorf("got %q", m)
	}
}
