//go:build linux

package daemons

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stop ends all daemons: bgpd first, so that peers are not told of routes that
// go because others end; zebra last, as FRR's own scripts do.
func (k *Keeper) stop() {
	began := time.Now()
	var rest sync.WaitGroup
	for _, name := range slices.Backward(order) {
		p := k.processes[name]
		if p == nil {
			continue
		}
		how := k.farewell(name)
		k.Log.Info("ending", "daemon", name, "signal", how.String())
		switch name {
		case "bgpd":
			if how == syscall.SIGTERM {
				if err := k.takeLeave(context.Background()); err != nil {
					k.Log.Warn("peers may not have been told of the end", "error", err)
				}
			}
			k.end(p, how)
		case "zebra":
			rest.Wait()
			k.end(p, how)
		default:
			rest.Go(func() { k.end(p, how) })
		}
	}
	rest.Wait()
	k.Log.Info("FRR has ended", "took", time.Since(began).Round(time.Millisecond))
}

// takeLeave has bgpd tell all peers that it ends (NOTIFICATION, RFC 4486
// administrative shutdown). When it is terminated it tells only those that know
// nothing of graceful restarts; the others see the connection close, and some
// keep the routes for a while although nothing is to be expected.
func (o *Options) takeLeave(ctx context.Context) error {
	commands := []string{"enable", "configure terminal"}
	for _, instance := range routerBGP.FindAllString(o.read(frrConf, largestConf), -1) {
		commands = append(commands, strings.TrimSpace(instance), "bgp shutdown", "exit")
	}
	_, err := o.ask(ctx, "bgpd", commands...)
	return err
}

var routerBGP = regexp.MustCompile(`(?m)^router bgp .*$`)

// Drain asks peers to use other paths than those through this node (graceful
// shutdown, RFC 8326: routes get the community 65535:0), gives them time, and
// has the end that follows be one permanently even if a graceful restart is
// configured.
func (o *Options) Drain(ctx context.Context, wait time.Duration) error {
	err := o.User.As(func() error {
		// A symbolic link of this name, which is not ours, would have another file emptied; a FIFO would have the hook wait.
		f, err := os.OpenFile(filepath.Join(o.SocketDir, drained), os.O_CREATE|os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		return err
	}
	if _, err := o.ask(ctx, "bgpd", "enable", "configure terminal", "bgp graceful-shutdown"); err != nil {
		return err
	}
	o.Log.Info("peers are asked to use other paths", "for", wait)
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
	return nil
}

// isDrained reports whether this FRR was drained since its start.
func (o *Options) isDrained() bool {
	_, err := os.Stat(filepath.Join(o.SocketDir, drained))
	return err == nil
}
