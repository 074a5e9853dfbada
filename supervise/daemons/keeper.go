//go:build linux

package daemons

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Keeper keeps the daemons of one FRR running. One goroutine runs the loop.
type Keeper struct {
	Options
	processes map[string]*process
	ended     chan *process
	// deaths counts, by daemon, how often it died soon after its start.
	deaths map[string]int
	// due is when a daemon may be started again.
	due   map[string]time.Time
	mgmtd *backends
	// missed is at how many looks in a row mgmtd did not serve, though it might
	// have, of looked in all; worked is what it had had of the processor at the last look.
	missed    int
	looked    int
	worked    time.Duration
	listening listening
	// scripts is whether daemons take --scriptdir; nil if that is not known.
	scripts *bool
	// dropped is what was last said of the file daemons.
	dropped []string
}

// New makes a Keeper. It does nothing before Run.
func New(o Options) *Keeper {
	k := &Keeper{Options: o, processes: map[string]*process{}, deaths: map[string]int{}, due: map[string]time.Time{},
		ended: make(chan *process, 16)}
	k.mgmtd = &backends{Options: &k.Options}
	return k
}

const (
	// steady is how long a daemon must have run for its death to be no sign of
	// trouble.
	steady = 10 * time.Second
	// A daemon that died soon is started again at once, then after firstPause,
	// then ever later.
	firstPause = 250 * time.Millisecond
	lastPause  = 30 * time.Second
	// starting is how long a daemon may take until it answers.
	starting = 20 * time.Second
)

// Run starts what has to run and keeps it so until the context ends; then it
// ends the daemons.
func (k *Keeper) Run(ctx context.Context) error {
	if err := k.prepare(); err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watcher.Add(k.ConfigDir); err != nil {
		return fmt.Errorf("watch %s: %w", k.ConfigDir, err)
	}
	defer k.stop()
	defer k.mgmtd.close()
	look := time.NewTicker(looking)
	defer look.Stop()
	for {
		again := k.turn(ctx)
		select {
		case <-ctx.Done():
			return nil
		case p := <-k.ended:
			k.died(p)
		case <-again:
		case <-look.C:
			k.guard(ctx)
		case <-watcher.Events: // of whatever file: a turn with nothing to do is cheap
		case err := <-watcher.Errors:
			k.Log.Warn("changes of the file daemons may be missed", "error", err)
		}
	}
}

// turn brings the daemons to what has to run, and says when to look again
// without an event; nil for never.
func (k *Keeper) turn(ctx context.Context) (again <-chan time.Time) {
	wanted, dropped := k.wanted()
	k.tellDropped(dropped)
	k.endUnwanted(wanted)
	var started []*process
	var wait time.Duration
	for _, d := range wanted {
		if k.processes[d.Name] != nil || ctx.Err() != nil {
			continue
		}
		// A daemon that does not find mgmtd or zebra tries again only 10 s later.
		first := d.Name == "mgmtd" || d.Name == "zebra"
		pause := time.Until(k.due[d.Name])
		if pause <= 0 {
			p, err := k.launch(d)
			if err == nil {
				k.Log.Info("started", "daemon", d.Name, "pid", p.cmd.Process.Pid, "arguments", strings.Join(p.cmd.Args[1:], " "))
				k.processes[d.Name] = p
				started = append(started, p)
				if first && !k.answers(ctx, p) {
					break
				}
				continue
			}
			k.Log.Error("FRR is not complete", "error", err)
			pause = k.pause(d.Name)
		}
		wait = max(wait, pause)
		if first {
			break
		}
	}
	for _, p := range started {
		k.answers(ctx, p)
	}
	if len(started) > 0 && ctx.Err() == nil {
		k.load(ctx)
	}
	if wait == 0 {
		return nil
	}
	return time.After(wait)
}

// endUnwanted ends daemons that have to run no longer, or otherwise.
func (k *Keeper) endUnwanted(wanted []Daemon) {
	for _, name := range slices.Backward(order) {
		p := k.processes[name]
		if p == nil {
			continue
		}
		why := "the file daemons changed"
		i := slices.IndexFunc(wanted, func(d Daemon) bool { return d.Name == name })
		if i >= 0 {
			if why = k.outdated(p, wanted[i]); why == "" {
				continue
			}
		}
		k.Log.Info("daemon ended", "daemon", name, "reason", why)
		k.end(p, k.farewell(name))
		delete(k.processes, name)
	}
}

// tellDropped says once what the file daemons has that no daemon is started with.
func (k *Keeper) tellDropped(dropped []string) {
	if slices.Equal(dropped, k.dropped) {
		return
	}
	k.dropped = dropped
	if len(dropped) > 0 {
		k.Log.Warn("parts of the file daemons are not allowed and are ignored", "file", filepath.Join(k.ConfigDir, daemonsFile), "ignored", strings.Join(dropped, " "))
	}
}

// died is for a daemon that has ended, of itself or not.
func (k *Keeper) died(p *process) {
	if k.processes[p.Name] != p {
		return // it was told to
	}
	delete(k.processes, p.Name)
	k.listening.died(p)
	k.Log.Error("a daemon died", "daemon", p.Name, "how", p.err, "after", time.Since(p.started).Round(time.Millisecond))
	if time.Since(p.started) > steady {
		delete(k.deaths, p.Name)
		delete(k.due, p.Name)
	} else {
		k.pause(p.Name)
	}
	for _, name := range slices.Backward(together(p.Name)) {
		if other := k.processes[name]; other != nil {
			k.Log.Info("daemon ended", "daemon", name, "reason", "does not survive a restart of "+p.Name)
			k.end(other, k.farewell(name))
			delete(k.processes, name)
		}
	}
}

// pause sets when a daemon that died soon may be started again.
func (k *Keeper) pause(name string) time.Duration {
	var pause time.Duration
	if n := k.deaths[name]; n > 0 {
		pause = min(firstPause<<min(n-1, 10), lastPause)
	}
	k.deaths[name]++
	k.due[name] = time.Now().Add(pause)
	return pause
}

// answers waits until a daemon answers, and reports whether it runs. One that does
// not answer is no reason to wait permanently.
func (k *Keeper) answers(ctx context.Context, p *process) bool {
	ctx, cancel := context.WithTimeout(ctx, starting)
	defer cancel()
	for p.running() {
		_, err := k.ask(ctx, p.Name, "show version")
		if err == nil {
			return true
		}
		select {
		case <-p.ended:
		case <-ctx.Done():
			k.Log.Error("a daemon does not answer", "daemon", p.Name, "error", err)
			return true
		case <-time.After(10 * time.Millisecond):
		}
	}
	return false
}

// launch starts a daemon with its arguments, and with those that it needs because
// of what the configuration and the machine are at its start. zebra drops the
// routes that an earlier one has left in the kernel, unless told how long bgpd may
// take to learn them again.
func (k *Keeper) launch(d Daemon) (*process, error) {
	listens := k.listen(d)
	var options []string
	switch d.Name {
	case "bgpd":
		options = listens.Args()
	case "zebra":
		if r := restartOf(k.read(frrConf, largestConf)); r.asked {
			options = []string{"-K" + r.time}
		}
	}
	scripts, err := k.hasScripts()
	if err != nil {
		return nil, err
	}
	if scripts {
		options = append(options, "--scriptdir", noScripts)
	}
	return k.start(d, k.ended, listens, options...)
}

// farewell is the signal by which a daemon is ended. bgpd tells its peers
// goodbye when it is terminated, and they drop its routes; if it was to be
// missed but for a while (RFC 4724) it must go without a word.
func (k *Keeper) farewell(name string) syscall.Signal {
	if (name == "bgpd" || name == "zebra") && !k.isDrained() && restartOf(k.read(frrConf, largestConf)).asked {
		return syscall.SIGKILL
	}
	return syscall.SIGTERM
}
