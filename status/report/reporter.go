package report

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// FRR is what a Reporter asks.
type FRR interface {
	Shower
	// Daemons are those that have a socket, each with why it does not answer, nil if it does.
	Daemons(ctx context.Context) (map[string]error, error)
}

// Writer keeps a status.
type Writer interface {
	// Read returns what was last written, by whomever; nil if nothing was.
	Read(ctx context.Context) (*v1.BGPNodeStatusData, error)
	Write(ctx context.Context, s v1.BGPNodeStatusData) error
	// Lost says that what was written is not there any more as it was, and has to be written again.
	Lost() bool
}

// Options are what a Reporter works with. All are needed but Lists, Kernel, Sessions and Log.
type Options struct {
	// Source is what the agent knows: Node, Config, Links and Applied. It must return at once, and what it returns must
	// not change afterwards.
	Source func() status.Observation
	FRR    FRR
	// Lists is what the Scraper asks for what peers sent; nil if that is FRR.
	Lists Shower
	// Kernel is nil if the kernel is not to be asked.
	Kernel    Kernel
	Writer    Writer
	Collector *Collector
	// Spread is how long writes of what changes on every node at once take, each node's at a moment of its own; nil for no
	// time at all.
	Spread func() time.Duration
	// Sessions is called with those that came up or went down; nil for nobody. It must return at once.
	Sessions func([]SessionChange)
	Log      *slog.Logger
}

// State is what a Reporter did last.
type State struct {
	// Status is what it last saw; nil if it has not looked yet.
	Status *v1.BGPNodeStatusData
	// Written is when it last wrote; zero if it has not.
	Written time.Time
	// Err is why the last write failed; nil if it did not.
	Err error
}

// Reporter keeps the status of a node true: it looks when it is told to, when a session has changed, and every two
// seconds; it writes what has changed at once, and otherwise on every heartbeat only.
type Reporter struct {
	Options
	scraper *Scraper
	poke    chan struct{}
	state   atomic.Pointer[State]

	// Of Run's goroutine.
	read     bool                  // whether the status of before the start is known, or known not to be
	seen     status.Observation    // the last
	previous *v1.BGPNodeStatusData // what was last built
	written  *v1.BGPNodeStatusData // what was last written
	looked   time.Time
	wrote    time.Time
	pace     pace
	turn     turn
	retry    retry
	sessions []v1.NeighborStatus // as bgpd last showed them
}

// New makes a Reporter, which does nothing before Run.
func New(o Options) *Reporter {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Reporter{Options: o, scraper: NewScraper(o.FRR), poke: make(chan struct{}, 1)}
	r.scraper.Kernel, r.scraper.Lists = o.Kernel, o.Lists
	r.state.Store(&State{})
	return r
}

// Poke has the Reporter look again, as soon as its pace allows. It never blocks.
func (r *Reporter) Poke() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

// State returns what the Reporter did last. It may be called from any goroutine.
func (r *Reporter) State() State { return *r.state.Load() }

// The pace. Sessions are seen in the object within a second of their change, other things that FRR does by itself
// within two, those that the agent has it do at once, and a node writes once a second in the long run, however much
// happens.
const (
	lookEvery  = 2 * time.Second
	peekEvery  = 500 * time.Millisecond
	lookGap    = 100 * time.Millisecond
	calmGap    = 10 * time.Second // for what never rests (see status.Calm)
	lookLimit  = 10 * time.Second
	writeLimit = 10 * time.Second
	lastLimit  = 3 * time.Second
)

// Run reports until ctx ends, and then once more that the agent has ended. It always returns nil: what goes wrong is in
// State, in the metrics, and in the log.
func (r *Reporter) Run(ctx context.Context) error {
	for {
		r.look(ctx)
		if !r.rest(ctx) {
			r.end(ctx)
			return nil
		}
	}
}

// rest waits until it is time to look again, and returns false when ctx ends.
func (r *Reporter) rest(ctx context.Context) bool {
	earliest := r.looked.Add(lookGap)
	if after := r.pace.next(); after.After(earliest) {
		earliest = after
	}
	pokes := r.poke
	peeks := time.NewTicker(peekEvery)
	defer peeks.Stop()
	next := time.NewTimer(time.Until(r.turn.before(r.looked.Add(lookEvery))))
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-next.C:
			return true
		case <-pokes:
			pokes = nil // one is enough; the next stays in the channel for the look after this one
			next.Reset(time.Until(earliest))
		case <-peeks.C:
			if pokes != nil && r.peek(ctx) {
				pokes = nil
				next.Reset(time.Until(earliest))
			}
		}
	}
}

// look observes, and writes if there is a reason to.
func (r *Reporter) look(ctx context.Context) {
	r.readOnce(ctx)
	seen := r.observe(ctx)
	if ctx.Err() != nil {
		return // that FRR did not answer is our own doing
	}
	r.seen = seen
	s := status.Build(r.seen)
	r.previous = &s
	r.heed(&s)
	r.Collector.show(status.Measure(r.seen, s))
	r.looked = time.Now()
	if r.due(&s) {
		r.write(ctx, writeLimit, s)
	}
	r.publish(func(state *State) { state.Status = &s })
}

func (r *Reporter) observe(ctx context.Context) status.Observation {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	o := r.Source()
	o.Previous = r.previous
	asking, stop := context.WithTimeout(ctx, daemonsTimeout)
	o.FRR.Daemons, o.FRR.Err = r.FRR.Daemons(asking)
	stop()
	if err, there := o.FRR.Daemons["bgpd"]; there && err == nil {
		began := time.Now()
		o.Snapshot, o.FRR.Err = r.scraper.Scrape(ctx, o.Config, o.Links)
		r.Collector.looked(time.Since(began))
	}
	o.Now = time.Now()
	return o
}

// peek asks bgpd, in a millisecond, whether a session has changed since the last look.
func (r *Reporter) peek(ctx context.Context) bool {
	if r.seen.Snapshot == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	changed := func(device string, before status.Summary) bool {
		answer, err := r.FRR.Show(ctx, "bgpd", status.In(device, status.SummaryCommand))
		if err != nil {
			return ctx.Err() == nil
		}
		now, err := status.ParseSummary(answer)
		return err != nil || stirred(before, now)
	}
	for device, instance := range r.seen.Snapshot.VRFs {
		if changed(device, instance.Summary) {
			return true
		}
	}
	return changed("", r.seen.Snapshot.Summary)
}

// heed tells of sessions that came up or went down. That bgpd does not answer, or that nobody knows yet what is
// configured, says nothing about them.
func (r *Reporter) heed(s *v1.BGPNodeStatusData) {
	if r.seen.Snapshot == nil || r.seen.Config == nil {
		return
	}
	changes := sessionChanges(r.sessions, s.Neighbors)
	r.sessions = s.Neighbors
	for _, c := range changes {
		if c.Up {
			r.Log.Info("session up", "neighbor", c.String(), "as", c.Neighbor.PeerASN)
		} else {
			r.Log.Warn("session down", "neighbor", c.String(), "as", c.Neighbor.PeerASN, "why", c.Neighbor.LastError)
		}
	}
	if r.Sessions != nil && len(changes) > 0 {
		r.Sessions(changes)
	}
}

// due reports whether there is a reason to write.
func (r *Reporter) due(s *v1.BGPNodeStatusData) bool {
	if c := r.seen.Config; c != nil && !c.StatusEnabled || !r.retry.now() || !r.read {
		return false
	}
	age := time.Since(r.wrote)
	heartbeat := time.Duration(s.HeartbeatSeconds) * time.Second
	switch {
	case r.wrote.IsZero() || age+lookEvery > heartbeat: // rather early than late
		return true
	case r.Writer.Lost():
		return true
	case status.Equal(r.written, s):
		r.turn = turn{}
		return false
	case status.Calm(r.written, s):
		return age >= calmGap
	case r.Spread == nil || r.written == nil || len(sessionChanges(r.written.Neighbors, s.Neighbors)) > 0:
		return true
	}
	return r.turn.come(r.Spread())
}

func (r *Reporter) write(ctx context.Context, limit time.Duration, s v1.BGPNodeStatusData) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := r.Writer.Write(ctx, s)
	r.Collector.wrote(err)
	r.told(err)
	if err == nil {
		r.written, r.wrote = &s, time.Now()
		r.pace.took(r.wrote)
		r.turn = turn{}
		r.publish(func(state *State) { state.Written = r.wrote })
	}
}

// readOnce learns what was reported before the agent started, for the times that go on from there.
func (r *Reporter) readOnce(ctx context.Context) {
	if r.read || !r.retry.now() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	before, err := r.Writer.Read(ctx)
	if err != nil {
		r.told(err)
		return
	}
	r.read = true
	if before != nil {
		r.previous = before
		r.sessions = before.Neighbors
	}
}

// end says that the agent has ended, and otherwise what was last seen.
func (r *Reporter) end(ctx context.Context) {
	if r.looked.IsZero() || r.seen.Config != nil && !r.seen.Config.StatusEnabled {
		return
	}
	o := r.seen
	o.Previous, o.Now, o.Shutdown = r.previous, time.Now(), true
	s := status.Build(o)
	r.write(context.WithoutCancel(ctx), lastLimit, s)
	r.publish(func(state *State) { state.Status = &s })
}

func (r *Reporter) publish(change func(*State)) {
	state := *r.state.Load()
	change(&state)
	r.state.Store(&state)
}

// told keeps the outcome of reading or writing, and logs when it changes.
func (r *Reporter) told(err error) {
	failing := r.retry.failing()
	r.retry.after(err)
	r.publish(func(state *State) { state.Err = err })
	switch {
	case err != nil && !failing:
		r.Log.Warn("cannot write the status of this node; BGP is not affected", "error", err)
	case err == nil && failing:
		r.Log.Info("the status of this node is written again")
	}
}
