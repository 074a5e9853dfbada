package screens

import (
	"context"

	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a screen has to become what it should be, on a machine
// that is busy with other tests.
const patience = 3 * time.Minute

// terminal is a terminal in which a command runs.
type terminal struct {
	*testing.T
	socket string
	// raw is the file of everything that is written to the terminal.
	raw string
}

// open runs a shell command in a terminal, with an environment of NAME=VALUE.
func open(t *testing.T, columns, rows int, command string, environment ...string) *terminal {
	t.Helper()
	dir := t.TempDir()
	tm := &terminal{t, filepath.Join(dir, "tmux"), filepath.Join(dir, "raw")}
	script := "PATH=" + bin + ":$PATH; export PATH; unset NO_COLOR COLUMNS\n"
	for _, e := range environment {
		script += "export " + e + "\n"
	}
	script += command + "\necho \"[status $?]\"\nexec sleep 1000\n"
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	begin := filepath.Join(dir, "begin")
	tm.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows),
		"while [ ! -e "+begin+" ]; do sleep 0.05; done; exec sh "+file, ";", "set", "-g", "status", "off")
	t.Cleanup(func() { tm.tmux("kill-server") })
	tm.tmux("pipe-pane", "cat >"+tm.raw)
	if err := os.WriteFile(begin, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return tm
}

func (t *terminal) tmux(args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", append([]string{"-S", t.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TMUX=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// keys types.
func (t *terminal) keys(keys ...string) {
	t.Helper()
	t.tmux(append([]string{"send-keys"}, keys...)...)
}

// screen is what is seen, with colors if asked for.
func (t *terminal) screen(options ...string) string {
	t.Helper()
	text := t.tmux(append([]string{"capture-pane", "-p"}, options...)...)
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// written is everything that was written to the terminal so far.
func (t *terminal) written() string {
	t.Helper()
	text, err := os.ReadFile(t.raw)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

// await waits for a screen to be as it should, and returns it.
func (t *terminal) await(what string, is func(screen string) bool) string {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		screen := t.screen()
		if is(screen) {
			return screen
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s:\n%s", what, patience, screen)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (t *terminal) shows(text string) string {
	t.Helper()
	return t.await(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// golden waits for the screen to be the one in testdata; with -update, to stay
// the same, and writes it there.
func (t *terminal) golden(name string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		last, since := "", time.Now()
		screen := t.await("a screen that stays", func(screen string) bool {
			if screen != last {
				last, since = screen, time.Now()
			}
			return time.Since(since) > time.Second && len(screen) > 1
		})
		if err := os.WriteFile(file, []byte(screen), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(patience / 4)
	for {
		screen := t.screen()
		if screen == string(want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s:\n%s\nwant:\n%s", name, screen, want)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
