//go:build linux

package daemons

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/supervise/listen"
)

// listening is what is known of the addresses that bgpd listens on.
type listening struct {
	// lived are the options of the last bgpd that ran for a while.
	lived *listen.Options
	// failed are options with which bgpd ended because it could not listen,
	// though it could have been thought to; failures counts how often in a row.
	failed   listen.Options
	failures int
	// retry is when failed may be tried again.
	retry time.Time
	// held are wanted options for which the bgpd that runs was not ended.
	held *listen.Options
	// possible is since when what bgpd does not listen on could be had.
	possible time.Time
	// told is what was last said about what cannot be had.
	told string
}

// cannotListen is the exit status of a bgpd that finds no address to listen on.
const cannotListen = 255

// died is for a daemon that ended by itself.
func (l *listening) died(p *process) {
	if p.Name != "bgpd" {
		return
	}
	switch {
	case p.listens.Port != 0 && p.cmd.ProcessState != nil && p.cmd.ProcessState.ExitCode() == cannotListen:
		if !p.listens.Equal(l.failed) {
			l.failures = 0
		}
		l.failed = p.listens
		l.failures++
		l.retry = time.Now().Add(min(firstListenPause<<min(l.failures-1, 10), lastListenPause))
	case time.Since(p.started) > steady:
		l.lived = &p.listens
	}
}

// How long options are not tried again with which bgpd could not listen.
const (
	firstListenPause = 15 * time.Second
	lastListenPause  = time.Hour
)

// usable are the options that bgpd can be started with now, next to the wanted
// ones; listen.Nowhere if nothing that is wanted can be listened on.
func (k *Keeper) usable(wanted listen.Options) (listen.Options, []listen.Problem) {
	usable, problems := wanted.Usable(listen.Binder(k.User.uid))
	l := &k.listening
	if l.failures > 0 && usable.Port != 0 && usable.Equal(l.failed) && time.Now().Before(l.retry) {
		return listen.Nowhere, append(problems, listen.Problem{Socket: usable.Sockets()[0], Err: fmt.Errorf("bgpd ended with status %d", cannotListen)})
	}
	return usable, problems
}

// listen returns the options to start bgpd with: those that are wanted as far as
// they can be had, else those of the bgpd before, else none to listen on.
func (k *Keeper) listen(d Daemon) listen.Options {
	if d.Name != "bgpd" {
		return listen.Nowhere
	}
	usable, problems := k.usable(d.Listen)
	if before := k.listening.lived; usable.Port == 0 && d.Listen.Port != 0 && before != nil {
		usable, _ = k.usable(*before)
	}
	k.tellListening(d.Listen, usable, problems)
	return usable
}

// outdated reports why a daemon has to be started again; "" if it has not. A bgpd
// is not ended for options that cannot be had. One that listens on a part of what
// is wanted is left alone when more can be had: a session that is up is worth
// more than an address to listen on. One that listens on nothing that is wanted
// is started again when it has been possible for a while.
func (k *Keeper) outdated(p *process, d Daemon) (why string) {
	const changed = "the file daemons changed"
	if d.Name != "bgpd" {
		if !d.equal(p.Daemon) {
			return changed
		}
		return ""
	}
	if d.equal(p.Daemon) && (p.listens.Port != 0 || d.Listen.Port == 0) {
		return ""
	}
	defer func() {
		if why != "" && time.Since(p.started) > steady {
			k.listening.lived = &p.listens
		}
	}()
	if !slices.Equal(d.Args, p.Args) {
		return changed
	}
	usable, problems := k.usable(d.Listen)
	l := &k.listening
	switch {
	case usable.Port == 0 && d.Listen.Port != 0:
		l.held, l.possible = &d.Listen, time.Time{}
		k.tellListening(d.Listen, p.listens, problems)
	case usable.Equal(p.listens):
		p.Listen = d.Listen
		k.tellListening(d.Listen, usable, problems)
	case !d.Listen.Equal(p.Listen) && (l.held == nil || !d.Listen.Equal(*l.held)):
		return changed
	case l.possible.IsZero():
		l.possible = time.Now()
	case time.Since(l.possible) >= settling:
		l.held, l.possible = nil, time.Time{}
		return "bgpd can listen as declared"
	}
	return ""
}

// settling is how long what could not be listened on must be free before bgpd is
// started again for it, which ends its sessions.
const settling = 3 * time.Second

// tellListening says once what bgpd does not listen on, and why.
func (k *Keeper) tellListening(wanted, has listen.Options, problems []listen.Problem) {
	var told string
	if len(problems) > 0 {
		told = fmt.Sprint(wanted, has, problems)
	}
	if told == k.listening.told {
		return
	}
	k.listening.told = told
	if told == "" {
		k.Log.Info("bgpd can listen on all that is declared", "options", has.String())
		return
	}
	var why []string
	for _, p := range problems {
		why = append(why, p.String())
	}
	k.Log.Warn("bgpd cannot listen on all that is declared", "declared", wanted.String(), "runs_with", has.String(), "because", strings.Join(why, "; "))
}

// noScripts is where daemons look for Lua scripts: a directory that is not there
// and that nobody in the container can make. In /etc/frr/scripts, which is the
// default, the agent's user could put code that runs in a daemon, with all that
// the daemon may do.
const noScripts = "/usr/lib/frr/no-scripts"

// hasScripts reports whether FRR's daemons take the option --scriptdir, which is
// asked once.
func (k *Keeper) hasScripts() (bool, error) {
	if k.scripts == nil {
		ctx, cancel := context.WithTimeout(context.Background(), loading)
		defer cancel()
		cmd := exec.CommandContext(ctx, k.executable("zebra"), "--help")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: k.User.credential()}
		cmd.WaitDelay = time.Second
		out, err := cmd.CombinedOutput()
		if err != nil {
			return false, fmt.Errorf("zebra --help: %w", err)
		}
		has := strings.Contains(string(out), "--scriptdir")
		k.scripts = &has
	}
	return *k.scripts, nil
}
