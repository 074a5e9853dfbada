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

// The lists are those of mgmtd 10.3, while nobody edits, and while one session does so.
func TestLocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list string
		want bool
	}{
		{sessionsOf("None"), false},
		{sessionsOf("running\n          candidate"), true},
		{sessionsOf("candidate"), true},
		{sessionsOf(""), false},
		{"", true},
		{"MGMTD Frontend Adpaters\n  Total: 0\n", true},
	} {
		if got := locks(c.list); got != c.want {
			t.Errorf("%s\nsomebody locks: %v", c.list, got)
		}
	}
}

func sessionsOf(locks string) string {
	return `MGMTD Frontend Adpaters
  Client: 				vty-mgmtd-14251
    Conn-FD: 				12
    Sessions
      Session: 				0x55aa59e715e0
        Client-Id: 			5
        Session-Id: 			5
        DS-Locks:
          ` + locks + `
      Session: 				0x55aa59e6d0d0
        Client-Id: 			7
        Session-Id: 			7
        DS-Locks:
    Total-Sessions: 			2
    Msg-Recvd: 				0
  Total: 1
`
}
