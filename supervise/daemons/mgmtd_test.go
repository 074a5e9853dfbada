//go:build linux

package daemons

import (
	"os/exec"
	"testing"
	"time"
)

// A process that works is told from one that sleeps.
func TestProcessorTime(t *testing.T) {
	t.Parallel()
	begin := func(argv ...string) *process {
		p := &process{cmd: exec.Command(argv[0], argv[1:]...)}
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
		return p
	}
	idle, busy := begin("sleep", "60"), begin("sh", "-c", "while :; do :; done")
	for deadline := time.Now().Add(time.Minute); busy.processorTime() < 200*time.Millisecond; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("a loop has had %v in a minute", busy.processorTime())
		}
	}
	if used := idle.processorTime(); used <= 0 || used > 100*time.Millisecond {
		t.Errorf("a sleep has had %v", used)
	}
	_ = idle.cmd.Process.Kill()
	_ = idle.cmd.Wait()
	if used := idle.processorTime(); used != 0 {
		t.Errorf("a process that is gone has had %v", used)
	}
}
