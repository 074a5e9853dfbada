//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

const help = `
   node-a, node-b, tor and client run the command that follows there. Try:

   tor birdc show route all              what the router has heard
   tor ip -4 -ts monitor route &         its kernel's routes, as they change
   node-b ip address del 203.0.113.10/32 dev kube-lb0
   client connect http://203.0.113.10/   connections, and who answers
   node-a vtysh                          FRR; the agent undoes what you change
   cat $LAB/node-a/status.yaml           the BGPNodeStatus
   cat $LAB/node-a/agent.log             what the agent has done
   ls $LAB/objects                       edit these: both agents act at once

   Leave the shell (exit, or Ctrl-D), and all of it is gone.

`

// shell runs the user's shell among the hosts until it ends. How it ends is the
// user's affair.
func (r *rack) shell(ctx context.Context, out *page) error {
	out.heading("All of it is up, and yours")
	fmt.Fprint(out.w, help)
	path := os.Getenv("SHELL")
	if path == "" {
		path = "/bin/sh"
	}
	argv := []string{path}
	if filepath.Base(path) == "bash" {
		rc := filepath.Join(r.lab.Dir(), "bashrc")
		text := fmt.Sprintf("[ ! -r ~/.bashrc ] || . ~/.bashrc\nPATH=%s:%s:$PATH\nPS1=\"(k8frr demo) $PS1\"\n", r.tools, r.bin)
		if err := os.WriteFile(rc, []byte(text), 0o644); err != nil {
			return err
		}
		argv = append(argv, "--rcfile", rc)
	}
	// Ctrl-C is the shell's.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	defer signal.Stop(interrupts)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = r.environment()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("cannot start the shell %s: %w", path, err)
	}
	return nil
}
