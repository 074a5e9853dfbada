//go:build linux

package vm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/vm/control"
)

// Exec runs a command in the machine, as root, until it ends or ctx does, and returns its standard output. The error has
// what the command printed.
func (m *VM) Exec(ctx context.Context, argv ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	status, err := m.run(ctx, control.Command{Argv: argv}, &stdout, &stderr)
	if err == nil && status != 0 {
		err = fmt.Errorf("exit status %d", status)
	}
	if err != nil {
		said := strings.TrimSpace(stderr.String() + stdout.String())
		return stdout.String(), fmt.Errorf("in the VM: %s: %w: %s", strings.Join(argv, " "), err, said)
	}
	return stdout.String(), nil
}

// Put writes a file in the machine, with these permissions, and makes the directories that it is in.
func (m *VM) Put(path string, data []byte, mode uint32) {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := m.call(ctx, "Put", control.File{Path: path, Data: data, Mode: mode}, &struct{}{}); err != nil {
		m.tb.Fatalf("vm: write %s: %v", path, err)
	}
}

// run passes on what a command prints as it does, and returns its exit status.
func (m *VM) run(ctx context.Context, c control.Command, stdout, stderr io.Writer) (int, error) {
	c.Limit = lifetime
	if deadline, ok := ctx.Deadline(); ok {
		c.Limit = time.Until(deadline)
	}
	var pid int
	if err := m.call(ctx, "Start", c, &pid); err != nil {
		return -1, err
	}
	for {
		var out control.Output
		if err := m.call(ctx, "Read", pid, &out); err != nil {
			if ctx.Err() == nil {
				return -1, err
			}
			return -1, m.abandon(pid, ctx.Err())
		}
		stdout.Write(out.Stdout)
		stderr.Write(out.Stderr)
		switch {
		case out.Failure != "":
			return out.Status, fmt.Errorf("%s", out.Failure)
		case out.Done:
			return out.Status, nil
		}
	}
}

// abandon kills a program whose time is up.
func (m *VM) abandon(pid int, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := m.call(ctx, "Kill", pid, &struct{}{}); err != nil {
		return err
	}
	return fmt.Errorf("it was killed: %w", cause)
}
