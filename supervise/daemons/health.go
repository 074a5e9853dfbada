//go:build linux

package daemons

import (
	"context"
	"errors"
	"os"

	"github.com/prometheus/procfs"
	"golang.org/x/sync/errgroup"
)

// Health asks every daemon that has to run whether it answers, but for mgmtd,
// which the Keeper looks after on a connection that stays open, and for bfdd: a
// container that is started again because of it would end every session.
//
// A daemon that does not answer because it works is healthy, too. bgpd 8.4 commits
// a list of 1,000 entries for 15 seconds of processor time, which is five minutes
// with 5 % of a core, and answers no connection meanwhile. To start it again would have it
// begin from the start.
func (o *Options) Health(ctx context.Context) error {
	wanted, _ := o.wanted()
	var all errgroup.Group
	for _, d := range wanted {
		if d.Name != "mgmtd" && d.Name != "bfdd" {
			all.Go(func() error { return o.healthy(ctx, d.Name) })
		}
	}
	return all.Wait()
}

func (o *Options) healthy(ctx context.Context, daemon string) error {
	before := worked(daemon)
	_, err := o.ask(ctx, daemon, "show version")
	if silent(err) && worked(daemon) > before {
		return nil
	}
	return err
}

// silent reports whether an error says that there was no answer in time.
func silent(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// worked is the processor time of the main threads of the processes with a name, in
// hundredths of a second: what answers commands. Other threads of bgpd send
// keepalives even while it hangs.
func worked(name string) uint {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return 0
	}
	processes, err := fs.AllProcs()
	if err != nil {
		return 0
	}
	var sum uint
	for _, p := range processes {
		if comm, err := p.Comm(); err != nil || comm != name {
			continue
		}
		main, err := fs.Thread(p.PID, p.PID)
		if err != nil {
			continue
		}
		if stat, err := main.Stat(); err == nil {
			sum += stat.UTime + stat.STime
		}
	}
	return sum
}
