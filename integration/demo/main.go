//go:build linux

// Command demo shows k8frr's main job on real routers: two nodes, each with FRR
// and k8frr-agent, announce a service address to a top-of-rack router, which
// spreads a client's connections over them.
//
// Every command that it prints is one that it has just run, and what stands
// below it is what that command printed. It fails if something does not happen
// that it says happens.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/integration/lab"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	switch err := newCommand().ExecuteContext(ctx); {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "demo: interrupted; everything that it had started is gone")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	bin   string // directory of k8frr and k8frr-agent
	frr   string
	shell bool
}

func newCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:           "demo",
		Short:         "Show two nodes announce a service address to a router, on real FRR",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			version, err := o.check()
			if err != nil {
				return err
			}
			out, start := newPage(os.Stdout), time.Now()
			if err := onStage(func(tb lab.TB) error { return play(cmd.Context(), tb, out, o, version) }); err != nil {
				return err
			}
			out.plain(fmt.Sprintf("\nThat was all, in %.0f s. Nothing of it is left: no namespace, process or file.", time.Since(start).Seconds()))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.bin, "bin", "bin", "directory of k8frr and k8frr-agent")
	f.StringVar(&o.frr, "frr", lab.FRR84.Name, "version of FRR on the nodes")
	f.BoolVar(&o.shell, "shell", false, "keep everything up and start a shell in it")
	cmd.AddCommand(newConnect())
	return cmd
}

func (o *options) check() (lab.Version, error) {
	var err error
	if o.bin, err = filepath.Abs(o.bin); err != nil {
		return lab.Version{}, err
	}
	for _, name := range []string{"k8frr", "k8frr-agent"} {
		if _, err := os.Stat(filepath.Join(o.bin, name)); err != nil {
			return lab.Version{}, fmt.Errorf("there is no %s in %s: `make build` makes it, --bin says where it is", name, o.bin)
		}
	}
	for _, v := range lab.Versions {
		if v.Name == o.frr {
			return v, nil
		}
	}
	return lab.Version{}, fmt.Errorf("--frr %s is none of %v", o.frr, lab.Versions)
}

// play is the whole demo.
func play(ctx context.Context, tb lab.TB, out *page, o options, version lab.Version) error {
	telling, stop := signal.NotifyContext(ctx, syscall.SIGINT)
	defer stop()
	context.AfterFunc(telling, stop) // a second Ctrl-C ends the demo at once; the lab is removed all the same
	r, err := newRack(telling, tb, o.bin, version)
	if err == nil {
		s := &story{page: out, rack: r}
		err = s.tell(telling)
	}
	switch {
	case telling.Err() != nil:
		return telling.Err()
	case err != nil:
		return err
	case o.shell:
		return r.shell(ctx, out)
	}
	return nil
}
