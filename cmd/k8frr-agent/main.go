//go:build linux

// Command k8frr-agent runs beside FRR on a node and keeps it at what is
// declared for the node.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	if filepath.Base(os.Args[0]) == "gobgp" {
		os.Exit(gobgp(os.Args[1:], os.Stdout, os.Stderr))
	}
	syscall.Umask(0o022) // files have the modes that they are given, whoever starts this
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "k8frr-agent:", err)
		os.Exit(1)
	}
}
