// Package proof finds out whether FRR does what its configuration says.
//
// FRR's daemons lose sight of each other when one of them is restarted: mgmtd
// (10.x) comes back without routes that staticd goes on having, or has routes
// that never reached staticd; bgpd forgets to ask the new zebra for routes, and
// comes back without route maps that vtysh goes on showing, because zebra has
// them.
package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// Router is FRR, of which a daemon is asked a show command.
type Router interface {
	Show(ctx context.Context, daemon, command string) ([]byte, error)
}

// Claim is what FRR is to do.
type Claim struct {
	Config *render.Config
	// Text is the configuration as FRR was given it.
	Text string
	// Links are the interfaces that it is of.
	Links   []render.Link
	Dialect *render.Dialect
	// Running is what FRR shows as its configuration, Shown what each daemon does.
	Running string
	Shown   map[string]string
}

// Correction is what has FRR do what it is to do; nothing if what is wrong may yet
// mend by itself, or if nothing is.
type Correction struct {
	// What says what is wrong, a sentence each.
	What []string
	// Script are commands, Then those of a script of its own after it.
	Script, Then []string
}

// Proof is what is known of whether FRR does what its configuration says. It is
// for one goroutine.
type Proof struct {
	router Router
	now    func() time.Time
	// given says that it does, as the configuration was last read.
	given bool
	// due is how often what is costly to ask is yet to be asked: at the start,
	// when a daemon came or went, and at every resync.
	due int
	// suspects are what was stray the last time, and since when. FRR's daemons lag
	// behind the kernel and behind each other, so that only what stays so, while the
	// kernel has nothing else to tell, is acted on.
	suspects map[string]time.Time
	// stale is what zebra has and has lost sight of.
	stale map[stale]bool
	// paired are the prefixes of IPv6 addresses that have a peer, and of the peers, as the interfaces last were.
	paired map[stale]bool
	// recalled says that what an agent before knew of it is in stale.
	recalled bool
}

// looks is how often costly questions are asked in one go: to find suspects, to
// correct what stays wrong, and to see that it is corrected.
const looks = 6

// New is a Proof of which nothing is known.
func New(r Router, now func() time.Time) *Proof { return &Proof{router: r, now: now, due: looks} }

// Given reports whether FRR does what its configuration says, as far as is known.
func (pr *Proof) Given() bool { return pr.given }

// Reread says that the configuration was read again.
func (pr *Proof) Reread() { pr.given = false }

// Renew has what is costly asked again: one daemon may show what another one lost.
func (pr *Proof) Renew() { pr.due = looks }

// Moved says that FRR was told what the kernel changed, and may lag behind it.
func (pr *Proof) Moved() { pr.suspects = nil }

// Reborn says that zebra was restarted, and has nothing left that was stale.
func (pr *Proof) Reborn() { pr.stale, pr.paired = nil, nil }

// Look asks FRR whether it does what is claimed: then the Proof is given. An error
// is for a question that was not answered.
func (pr *Proof) Look(ctx context.Context, c Claim) (Correction, error) {
	questions := []func(context.Context, Claim) ([]stray, error){pr.strayRequests, pr.strayStatics, pr.strayAnnouncements}
	if pr.due > 0 {
		questions = append(questions, pr.strayLines, pr.strayPaths)
	}
	// All at once: they go to different daemons.
	found := make([][]stray, len(questions))
	g, asking := errgroup.WithContext(ctx)
	for i, ask := range questions {
		g.Go(func() (err error) {
			found[i], err = ask(asking, c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Correction{}, err
	}
	amiss := slices.Concat(found...)
	pr.due = max(0, pr.due-1)
	var out Correction
	for _, a := range pr.lasting(amiss, pr.now()) {
		out.What = append(out.What, a.what)
		out.Script, out.Then = append(out.Script, a.remedy...), append(out.Then, a.then...)
		if a.stale != (stale{}) {
			pr.remember(a.stale)
		}
	}
	if len(amiss) == 0 {
		pr.given, pr.due = true, 0
	}
	return out, nil
}

// stray is something that FRR's configuration says and FRR does not do, or the
// other way round. Its remedy has the configuration say what is so, or has FRR
// hear again what it has forgotten; what differs then, the next plan closes.
type stray struct {
	what   string // the same as long as it lasts
	remedy []string
	// then, unless empty, takes back what of the remedy was only to be noticed: a
	// script of its own, as mgmtd (10.x) would see no change in the two together.
	then []string
	// stale, unless it is none, is for the text to say: nothing else helps.
	stale stale
}

// patience is how long a stray must have been one at every look. zebra may need
// a while for what the kernel tells it, and what is taken for stale is so until
// zebra is started again.
func (a stray) patience() time.Duration {
	if a.stale != (stale{}) {
		return time.Second
	}
	return 0
}

// lasting are those of what is wrong that have been so for long enough.
func (pr *Proof) lasting(amiss []stray, now time.Time) []stray {
	var last []stray
	suspects := make(map[string]time.Time, len(amiss))
	for _, a := range amiss {
		since, suspected := pr.suspects[a.what]
		if !suspected {
			since = now
		}
		suspects[a.what] = since
		switch {
		case now.Sub(since) < a.patience():
			pr.due = max(1, pr.due) // to be asked once more
		case suspected:
			last = append(last, a)
		}
	}
	pr.suspects = suspects
	return last
}

// show has a daemon answer in JSON.
func (pr *Proof) show(ctx context.Context, daemon, command string, answer any) error {
	text, err := pr.router.Show(ctx, daemon, command)
	if err != nil {
		return err
	}
	return understand(text, answer, daemon, command)
}

func understand(text []byte, answer any, daemon, command string) error {
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s: the answer of %s is not understood: %w", command, daemon, err)
	}
	return nil
}

// Summary asks bgpd for the sessions of the instance of a VRF's device, "" for the
// default one, and for the sizes of its tables.
func Summary(ctx context.Context, r Router, device string) (status.Summary, error) {
	answer, err := r.Show(ctx, "bgpd", status.In(device, status.SummaryCommand))
	if err != nil {
		return nil, err
	}
	of := status.Instance{}
	of.Summary, err = status.ParseSummary(answer)
	if unread := (status.Unread)(nil); err != nil && !errors.As(err, &unread) {
		return nil, err
	}
	if !stateless(of.Summary) {
		return of.Summary, nil // a table whose size is not known is not walked
	}
	if answer, err = r.Show(ctx, "bgpd", status.In(device, status.NeighborsCommand)); err != nil {
		return nil, err
	}
	if of.Neighbors, err = status.ParseNeighbors(answer); of.Neighbors == nil {
		return nil, err
	}
	if of.Complete(); len(of.Unread) > 0 {
		return nil, of.Unread // a session whose state is not known may be up
	}
	return of.Summary, nil
}

// stateless reports whether the state of a session is missing.
func stateless(s status.Summary) bool {
	for _, table := range s {
		for _, p := range table.Peers {
			if p.State == "" {
				return true
			}
		}
	}
	return false
}
