//go:build linux

// Command k8frr-frr is the entry point of the container that FRR runs in: it
// keeps FRR's daemons running, reports whether they answer, and drains the node.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if os.Getpid() == 1 {
		os.Exit(beInit())
	}
	syscall.Umask(0o022) // files have the modes that they are given, whoever starts this
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "k8frr-frr:", err)
		os.Exit(1)
	}
}
