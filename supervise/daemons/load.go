//go:build linux

package daemons

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// load enters frr.conf into the daemons, unless an agent is there: it notices
// by itself that daemons have come without what they had.
func (k *Keeper) load(ctx context.Context) {
	if k.read(frrConf, largestConf) == "" {
		return
	}
	ran, err := k.lockedOut(func() error {
		k.attached(ctx)
		return k.boot(ctx)
	})
	switch {
	case err != nil:
		k.Log.Error("frr.conf was not loaded as a whole", "error", err)
	case ran:
		k.Log.Info("loaded frr.conf, since no agent is there to do it")
	}
}

// boot runs vtysh -b, as FRR's user.
func (k *Keeper) boot(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, loading)
	defer cancel()
	cmd := exec.CommandContext(ctx, k.Vtysh, "-b", "--vty_socket", k.SocketDir, "--config_dir", k.ConfigDir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: k.User.credential()}
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("vtysh -b: %w: it printed %d lines", err, strings.Count(string(out), "\n")) // which may have passwords in them
	}
	return nil
}

// loading is how long that may take: 8.4 needs 15 s for 1,000 lines of a list.
const loading = 2 * time.Minute

// attached waits until mgmtd (10.x) knows the daemons behind it: before that it
// accepts their configuration and loses it.
func (k *Keeper) attached(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, starting)
	defer cancel()
	for k.processes["mgmtd"] != nil {
		err := k.mgmtd.serves(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			k.Log.Error("zebra's and staticd's configuration may be lost", "error", err)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}
