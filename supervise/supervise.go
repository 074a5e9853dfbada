// Package supervise keeps a running FRR at what is declared for its node.
//
// One goroutine runs the loop: observe, desire, render, plan, apply, report.
// Everything that happens outside, to objects, to the kernel, to FRR, says only
// "look again". So a restart of FRR, a lost event, a first start and a line
// entered manually are no special cases: what runs differs from what is wanted,
// and a plan closes the difference.
package supervise

import (
	"context"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/listen"
	"github.com/k8frr/k8frr/supervise/proof"
)

// Source is where objects are declared: a cluster or a directory.
type Source interface {
	// Observe returns what is declared now.
	Observe(context.Context) (render.Objects, error)
	// Warnings are sentences about what cannot be read, while what was read
	// before still holds.
	Warnings() []string
	// Watch calls notify after every change, until the context ends.
	Watch(ctx context.Context, notify func()) error
}

// Kernel shows what interfaces carry.
type Kernel interface {
	Observe(ctx context.Context, patterns []string) ([]render.Link, error)
	// Local returns which of some addresses interfaces of this node carry.
	Local(ctx context.Context, among []netip.Addr) ([]render.LocalAddress, error)
	Watch(ctx context.Context, notify func()) error
}

// Router is a running FRR.
type Router interface {
	// Version is that of the running daemons.
	Version(context.Context) (string, error)
	// Daemons are those that have a socket, each with why it does not answer.
	Daemons(context.Context) (map[string]error, error)
	// Configurations are the running configurations of the daemons that are up,
	// ConfigurationOf that of one.
	Configurations(context.Context) (map[string]string, error)
	ConfigurationOf(ctx context.Context, daemon string) (string, error)
	// Check has FRR's grammar judge a whole configuration.
	Check(ctx context.Context, text string) error
	// Apply enters commands. That it returns nil proves nothing.
	Apply(ctx context.Context, commands []string) error
	// Show asks a daemon.
	Show(ctx context.Context, daemon, command string) ([]byte, error)
	// Clear ends the session with a neighbor of a VRF, "" for the default one.
	Clear(ctx context.Context, vrf, peer string) error
	// Watch calls notify when a daemon dies or comes, until the context ends.
	Watch(ctx context.Context, notify func()) error
}

// Options make a Supervisor.
type Options struct {
	Source Source
	Kernel Kernel
	Router Router
	// Templates are the embedded ones if nil.
	Templates Templates
	// ConfigDir is FRR's configuration directory, which frr.conf is kept in.
	ConfigDir string
	// DaemonsFile is FRR's file daemons, which tells its start scripts what to
	// start and how; "" to leave it alone.
	DaemonsFile string
	// Resync is how often everything is looked at without an event.
	Resync time.Duration
	// Resynced is called each time. It must return at once.
	Resynced func()
	// Drift is what is done about manual changes; to undo them if "".
	Drift OnDrift
	// Drifted is called when one is seen or undone. It must return at once.
	Drifted func(Drift)
	// Planned is called when FRR was brought to a configuration, or was not. It
	// must return at once.
	Planned func(status.Plan)
	// SocketDir is where FRR's daemons have their sockets, by which it is seen
	// that one was restarted; "" not to look.
	SocketDir string
	// Restarted is called with the names of daemons that were restarted and
	// answer again. It must return at once.
	Restarted func(daemons []string)
	// ClearPending has sessions cleared, one after another, for changes that
	// act only when a session is established.
	ClearPending bool
	// Retry is how long something that FRR refused rests before it is tried again,
	// twice as long after each time; a minute if it is 0.
	Retry time.Duration
	// Grace is how long what runs is kept when the BGPConfiguration is gone, which
	// may be about to be made again.
	Grace time.Duration
	// Changed is called after every look that may have changed the State. It
	// must return at once.
	Changed func()
	// Silent is called when the State has changed because FRR is silent, from any
	// goroutine. It must return at once.
	Silent func()
	Log    *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// Supervisor runs the loop for one FRR.
type Supervisor struct {
	Options
	file  configFile
	state atomic.Pointer[State]
	// look holds at most one request to look again: what happens while a pass
	// runs is taken together by the next.
	look chan struct{}
	// turning is when a script was last seen to be applied, in nanoseconds since 1970.
	turning atomic.Int64
	// restarted says that a daemon came or went since the last look.
	restarted atomic.Bool

	// What follows is the loop's own.

	// running is FRR's running configuration as last read; not known if
	// something may have changed it since.
	running *string
	// shown are its parts, by daemon; nil if running was concluded.
	shown map[string]string
	// fresh says that it was read and not looked at since for manual changes.
	fresh bool
	// mirrored is what running was concluded to be, after routes were mirrored
	// and until it is read back.
	mirrored *string
	// doubt says that what runs is not what was concluded, or not known.
	doubt bool
	// seen is the wanted text that FRR was last seen to run; "" if something
	// may have changed it since that nobody has to be told of.
	seen string
	// drift is what was changed manually since then.
	drift drift
	// awaited are sessions that run on without what was changed for them.
	awaited awaitedSessions
	// unwritten is why frr.conf does not hold what runs.
	unwritten error
	// lockedSince is since when somebody holds FRR's configuration locked.
	lockedSince time.Time
	// begun is closed when no other agent keeps this FRR.
	begun   chan struct{}
	dialect *render.Dialect
	// version is FRR's.
	version string
	// births tell daemons from their successors.
	births births
	// withoutBFD says that no bfdd runs; bfddGone is since when one that ran does
	// not answer.
	withoutBFD bool
	bfddGone   time.Time
	// good is what FRR last ran with success, kept for an agent that comes
	// later.
	good *declared
	kept lastGood
	// operator are the operator's lines that FRR has from templates.
	operator operatorLines
	// ran is the fingerprint of what FRR last ran with success.
	ran string
	// refused is what FRR did not take, and is not tried again as it is.
	refused *refusal
	// omitted are the parts that FRR did not take, without which the rest of what is
	// declared runs, and partly what was said of that; tried is the one of them that is
	// tried again.
	omitted *omissions
	partly  *refusal
	tried   tried
	// goodText is the text of what FRR last ran with success.
	goodText string
	// cutOff says that a script may have ended midway: the last one, or
	// one of an agent that was there before.
	cutOff bool
	// goneSince is since when there is no BGPConfiguration any more.
	goneSince time.Time
	// attempt is the configuration that is being tried.
	attempt attempt
	// lastPlan is how FRR was last brought to a configuration; nil if it was not.
	lastPlan *status.Plan
	proof    *proof.Proof
	told     telling
	options  startOptions
	// prepared are the configurations that were last rendered.
	prepared prepared
	// renderings are the last texts.
	renderings renderings
	// discretion keeps passwords out of all that is said.
	discretion discretion
}

// New makes a Supervisor. It does nothing before Run.
func New(o Options) *Supervisor {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		o.Templates = embedded{}
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Silent == nil {
		o.Silent = func() {}
	}
	if o.Retry == 0 {
		o.Retry = time.Minute
	}
	if o.Drift == "" {
		o.Drift = UndoDrift
	}
	if o.Drifted == nil {
		o.Drifted = func(Drift) {}
	}
	if o.Planned == nil {
		o.Planned = func(status.Plan) {}
	}
	if o.Resynced == nil {
		o.Resynced = func() {}
	}
	if o.Restarted == nil {
		o.Restarted = func([]string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Supervisor{
		Options:  o,
		file:     configFile{path: filepath.Join(o.ConfigDir, "frr.conf")},
		kept:     lastGood{path: filepath.Join(o.ConfigDir, "k8frr-last-good.json")},
		operator: operatorLines{path: filepath.Join(o.ConfigDir, "k8frr-operator-lines.conf")},
		awaited:  awaitedSessions{path: filepath.Join(o.ConfigDir, "k8frr-pending.json")},
		begun:    make(chan struct{}),
		cutOff:   true,
		proof:    proof.New(o.Router, o.Now),
		options:  startOptions{file: configFile{path: o.DaemonsFile}, bind: listen.Binder(userOf(o.SocketDir))},
		look:     make(chan struct{}, 1),
	}
	s.Log = slog.New(discreetLog{o.Log.Handler(), &s.discretion})
	s.Drifted = func(d Drift) {
		d.Message = s.discretion.hide(d.Message)
		o.Drifted(d)
	}
	s.state.Store(&State{At: o.Now()})
	return s
}

// LookAgain asks for another pass. It never blocks.
func (s *Supervisor) LookAgain() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// State returns what the last pass found and did.
func (s *Supervisor) State() *State { return s.state.Load() }

// Begun is closed when the agent has made sure that it keeps this FRR alone.
func (s *Supervisor) Begun() <-chan struct{} { return s.begun }

// Run watches and passes until the context ends. FRR is left as it runs: the
// end of an agent touches no session. It may be called once.
func (s *Supervisor) Run(ctx context.Context) error {
	release, err := s.alone(ctx)
	if err != nil {
		return nil // the context has ended
	}
	defer release()
	close(s.begun)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.Source.Watch(ctx, s.LookAgain) })
	g.Go(func() error { return s.Templates.Watch(ctx, s.LookAgain) })
	g.Go(func() error { return s.Kernel.Watch(ctx, s.LookAgain) })
	g.Go(func() error {
		return s.Router.Watch(ctx, func() {
			s.restarted.Store(true)
			s.LookAgain()
		})
	})
	g.Go(func() error { s.loop(ctx); return nil })
	return g.Wait()
}

// How long the loop waits for what it is not told of.
const (
	firstRetry = 250 * time.Millisecond
	lastRetry  = 2 * time.Second
	// quiet is how long mirrored routes are let be before they are read back.
	quiet = 200 * time.Millisecond
	// listenPace is how often it is tried whether bgpd could listen as declared.
	listenPace = 5 * time.Second
)

func (s *Supervisor) loop(ctx context.Context) {
	sweep(s.ConfigDir)
	s.file.load()
	s.operator.load()
	s.file.adopt(s.operator.lines)
	s.options.file.load()
	if s.good = s.kept.load(); s.good != nil {
		s.omitted = s.good.without.clone()
	}
	s.awaited.load()
	resync := time.NewTicker(s.Resync)
	defer resync.Stop()
	again := time.NewTimer(0)
	defer again.Stop()
	sessions := time.NewTimer(0)
	defer sessions.Stop()
	retry := firstRetry
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.look:
		case <-again.C:
			if s.mirrored != nil {
				s.forget()
			}
		case <-sessions.C:
			if !s.lookAtAwaited(ctx) {
				s.pace(sessions)
				continue
			}
		case <-resync.C:
			s.Resynced()
			s.forget()
			s.proof.Renew()
			s.file.load()
			s.file.adopt(s.operator.lines)
			s.options.file.load()
		}
		if s.restarted.Swap(false) {
			s.forget()
			s.dialect, s.ran = nil, ""
			if s.refused != nil { // tried at once, as FRR may be another; what was refused comes first all the same
				s.refused.until, s.refused.pause = time.Time{}, s.Retry/2
			}
			if s.omitted != nil {
				s.omitted.runs = false
				s.omitted.now(s.Retry)
			}
			s.proof.Renew()
			s.seen, s.drift = "", drift{} // what a daemon lost nobody changed
			s.options.known = false
		}
		switch settled := s.pass(ctx); {
		case !settled:
			again.Reset(retry)
			retry = min(2*retry, lastRetry)
		case s.mirrored != nil:
			again.Reset(quiet)
			retry = firstRetry
		case s.unwritten != nil:
			again.Reset(lastRetry)
		case s.refused != nil && s.Now().Before(s.refused.until):
			again.Reset(s.refused.until.Sub(s.Now()))
			retry = firstRetry
		case s.omitted != nil && s.omitted.runs:
			again.Reset(max(0, s.omitted.next().Sub(s.Now())))
			retry = firstRetry
		case s.options.wanting:
			again.Reset(listenPace)
		default:
			again.Stop()
			retry = firstRetry
		}
		s.pace(sessions)
		s.Changed()
	}
}

// pace has sessions looked at while some are waited for.
func (s *Supervisor) pace(t *time.Timer) {
	if len(s.awaited.list) > 0 {
		t.Reset(sessionsPace)
	} else {
		t.Stop()
	}
}
