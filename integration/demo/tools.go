//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// makeTools writes the commands that the demo runs and the reader of the demo
// can repeat: one per host, which runs what follows it on that host, with
// birdc and vtysh that find that host's routers.
func (r *rack) makeTools() error {
	for _, host := range r.hosts {
		text := fmt.Sprintf(`[ $# -gt 0 ] || { echo "say what to run on %s: %s COMMAND [ARGUMENT...]" >&2; exit 2; }
PATH=%s/bin:$PATH
exec ip netns exec %s "$@"
`, host.Name, host.Name, host.Dir(), host.Namespace())
		if err := script(filepath.Join(r.tools, host.Name), text); err != nil {
			return err
		}
	}
	birdc, err := exec.LookPath("birdc")
	if err != nil {
		return fmt.Errorf("run integration/setup.sh upstreams: %w", err)
	}
	if err := r.tool(r.tor, "birdc", birdc, "-s", filepath.Join(r.tor.Dir(), "bird.ctl")); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return r.tool(r.client, "connect", self, "connect")
}

// tool makes a command of the host, short for another.
func (r *rack) tool(host *lab.Host, name string, argv ...string) error {
	return script(filepath.Join(host.Dir(), "bin", name), fmt.Sprintf("exec %s \"$@\"\n", strings.Join(argv, " ")))
}

func script(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755)
}

// environment is that of every command: the hosts' commands, k8frr, and $LAB,
// the directory where everything is.
func (r *rack) environment() []string {
	return append(os.Environ(),
		"PATH="+r.tools+":"+r.bin+":"+os.Getenv("PATH"),
		"LAB="+r.lab.Dir(),
		"LC_ALL=C.UTF-8")
}

// run runs a command line and returns what it printed.
func (r *rack) run(ctx context.Context, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-o", "pipefail", "-c", command)
	cmd.Env = r.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal's Ctrl-C is for the demo, which then ends it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return string(out), fmt.Errorf("%s: %w", command, ctx.Err())
	case err != nil:
		return string(out), fmt.Errorf("%s: %w: %s", command, err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
