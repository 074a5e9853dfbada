package main

import (
	"context"
	"errors"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/cmd/k8frr/internal/quiet"
)

func init() { quiet.Restore() }

const watchHelp = `Watch nodes, sessions, addresses and problems live, on a terminal.

  1 2 3 4, tab     nodes, sessions, VIPs, problems
  up, down, j, k   select a line; also page up, page down, g, G
  enter            open the node or the VIP; esc goes back
  s, S             sort by the next or the previous column
  r                reverse the order
  /                show only lines that contain a text; esc ends it
  p                show only problems
  q                quit

Changes are shown within half a second. The screen is drawn no more often than
that.

` + sourceHelp

func newWatch() *cobra.Command {
	var o inspector
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Watch nodes, sessions and addresses live",
		Long:  watchHelp,
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			err := o.watch(c)
			if err != nil {
				err = unknownError(err)
			}
			return err
		},
	}
	cmd.Flags().SortFlags = false
	o.sources.flags(cmd.Flags())
	o.complete(cmd)
	return cmd
}

func (o *inspector) watch(c *cobra.Command) error {
	out, ok := c.OutOrStdout().(*os.File)
	if !ok || !isTerminal(out) || os.Getenv("TERM") == "dumb" {
		return errors.New("watch requires a terminal; k8frr status prints the same once")
	}
	// Client-go tells of lost connections in its log, which would be written over
	// the screen. The screen says so itself.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)

	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	reading, stop := context.WithTimeout(ctx, clusterTimeout)
	first, err := o.read(reading, c.InOrStdin())
	stop()
	if err != nil {
		return err
	}
	feed, err := o.feed(ctx, first)
	if err != nil {
		return err
	}
	m := newWatcher(palette{on: colors(out)}, feed)
	options := []tea.ProgramOption{tea.WithAltScreen(), tea.WithContext(ctx), tea.WithFPS(framesPerSecond), tea.WithOutput(out)}
	_, err = tea.NewProgram(m, options...).Run()
	return err
}

// framesPerSecond is how often the screen may be drawn. Keys should show at
// once.
const framesPerSecond = 20
