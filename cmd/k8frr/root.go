package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusOK     = 0
	statusFailed = 1
	statusUsage  = 2
)

// usageError is a mistake on the command line rather than in the input.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// statusError is an error with a status of its own. Without an error, it is an
// answer rather than a failure.
type statusError struct {
	error
	status int
}

func (e statusError) Unwrap() error { return e.error }

// run executes a command line and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "k8frr",
		Short:         "Preview a BGPConfiguration for FRR, and inspect a live cluster",
		SilenceErrors: true,
		SilenceUsage:  true,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: calledAs(os.Args[0])},
		Args:          usage(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newRender(), newDiff(), newValidate(), newExplain(), newGraph(), newFn(), newVersion(),
		newStatus(), newSessions(), newDataplane(), newNode(), newWatch())
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetContext(context.Background())

	ran, err := root.ExecuteC()
	if err == nil {
		return statusOK
	}
	status := statusFailed
	if stated := (statusError{}); errors.As(err, &stated) {
		if status, err = stated.status, stated.error; err == nil {
			return status
		}
	}
	for _, e := range flatten(err) {
		_, _ = fmt.Fprintf(stderr, "error: %s\n", printable(e.Error()))
	}
	if errors.As(err, new(usageError)) {
		_, _ = fmt.Fprintf(stderr, "See %s --help.\n", ran.CommandPath())
		return statusUsage
	}
	return status
}

// calledAs is how the user calls a program: kubectl runs kubectl-k8frr for
// kubectl k8frr.
func calledAs(program string) string {
	name := strings.TrimSuffix(filepath.Base(program), ".exe")
	if plugin, ok := strings.CutPrefix(name, "kubectl-"); ok {
		return "kubectl " + plugin
	}
	return "k8frr"
}

// usage marks what a check of arguments finds as a mistake of usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// flatten takes joined errors apart, so that each gets a line of its own.
func flatten(err error) []error {
	var parts []error
	switch joined := err.(type) {
	case interface{ Errors() []error }: // Kubernetes' Aggregate
		parts = joined.Errors()
	case interface{ Unwrap() []error }:
		parts = joined.Unwrap()
	default:
		return []error{err}
	}
	var all []error
	for _, e := range parts {
		all = append(all, flatten(e)...)
	}
	return all
}
