package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/proof"
	"github.com/k8frr/k8frr/supervise/regular"
)

// awaited is a session that runs on without something that was changed for it:
// what two BGP speakers agree on in their OPEN messages (RFC 4271 section 4.2),
// such as timers and capabilities, holds until the session ends.
type awaited struct {
	VRF  string `json:"vrf,omitempty"`
	Peer string `json:"peer"`
	// Lines are what waits, without passwords.
	Lines []string `json:"lines"`
	// At is when FRR was told.
	At time.Time `json:"at"`
	// Cleared is when the session was ended for it.
	Cleared time.Time `json:"cleared,omitzero"`
}

// sessionsPace is how often sessions that are waited for are looked at.
const sessionsPace = 2 * time.Second

// awaitedSessions are kept in a file, for an agent that comes later.
type awaitedSessions struct {
	path string
	list []awaited
}

func (a *awaitedSessions) load() {
	text, err := regular.Read(a.path, largestFile)
	if err == nil {
		err = json.Unmarshal(text, &a.list)
	}
	if err != nil {
		a.list = nil
	}
}

// keep has the file hold the list, as far as that is possible: it says no more
// than a report of a later agent.
func (a *awaitedSessions) keep() {
	if len(a.list) == 0 {
		_ = os.Remove(a.path)
		return
	}
	if text, err := json.Marshal(a.list); err == nil {
		_ = replacePrivate(a.path, text)
	}
}

// awaitedBy are the sessions that are up and will run on without what a plan
// changes for them.
func (s *Supervisor) awaitedBy(ctx context.Context, p *plan.Plan) []awaited {
	var list []awaited
	for _, e := range p.Effects() {
		if e.Kind != plan.Pending {
			continue
		}
		up, err := s.sessionsUp(ctx, e.VRF)
		if err != nil {
			continue // then it is not up, or about to be not
		}
		var lines []string
		for _, step := range p.Steps {
			if slices.Contains(step.Effects, e) {
				lines = append(lines, step.Command.String())
			}
		}
		for _, name := range among(up, e.Peer) {
			list = append(list, awaited{VRF: e.VRF, Peer: name, Lines: lines, At: s.Now()})
		}
	}
	return list
}

// among are the sessions of a neighbor, or of a prefix whose addresses may peer.
func among(up map[string]time.Time, peer string) []string {
	if _, ok := up[peer]; ok {
		return []string{peer}
	}
	var names []string
	if prefix, err := netip.ParsePrefix(peer); err == nil {
		for name := range up {
			if a, err := netip.ParseAddr(name); err == nil && prefix.Contains(a) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// await remembers sessions that act later on what was applied.
func (s *Supervisor) await(list []awaited) {
	for _, w := range list {
		i := slices.IndexFunc(s.awaited.list, func(o awaited) bool { return o.VRF == w.VRF && o.Peer == w.Peer })
		if i < 0 {
			s.awaited.list = append(s.awaited.list, w)
			continue
		}
		o := &s.awaited.list[i]
		for _, line := range w.Lines {
			if !slices.Contains(o.Lines, line) {
				o.Lines = append(slices.Clone(o.Lines), line)
			}
		}
		o.At, o.Cleared = w.At, time.Time{}
	}
	if len(list) > 0 {
		s.awaited.keep()
	}
}

// recovery is how long a session that was cleared has to be up again before the
// next one is cleared: until the peer has heard all of it, and uses it.
const recovery = 5 * time.Second

// lookAtAwaited forgets the sessions that have come up since, and with
// ClearPending ends one that has not. It reports whether anything changed.
func (s *Supervisor) lookAtAwaited(ctx context.Context) bool {
	changed := false
	up := map[string]map[string]time.Time{}
	s.awaited.list = slices.DeleteFunc(s.awaited.list, func(w awaited) bool {
		if up[w.VRF] == nil {
			sessions, err := s.sessionsUp(ctx, w.VRF)
			if err != nil {
				return false
			}
			up[w.VRF] = sessions
		}
		since, isUp := up[w.VRF][w.Peer]
		// A session that is not up comes up with everything. One that was
		// cleared is waited for, because the next one is cleared after it.
		// FRR's times of sessions are a second off now and then.
		// Ages are compared: FRR says when a session began by the clock of
		// now, which may have been set since.
		now := s.Now()
		age := now.Sub(since)
		begun := isUp && age+time.Second < now.Sub(w.At) && (w.Cleared.IsZero() || age >= recovery)
		if gone := begun || !isUp && w.Cleared.IsZero(); !gone {
			return false
		}
		s.Log.Info("what was pending acts now", "peer", w.Peer, "vrf", w.VRF, "lines", strings.Join(w.Lines, "; "))
		changed = true
		return true
	})
	if s.ClearPending && s.State().Settled() && s.clearOne(ctx, up) {
		changed = true
	}
	if changed {
		s.awaited.keep()
	}
	return changed
}

// clearOne ends one session of those that are waited for, unless another that
// was ended before is not back yet, or it is the only one left of several: what
// is announced over several sessions stays announced over one.
func (s *Supervisor) clearOne(ctx context.Context, up map[string]map[string]time.Time) bool {
	if slices.ContainsFunc(s.awaited.list, func(w awaited) bool { return !w.Cleared.IsZero() }) {
		return false
	}
	for i := range s.awaited.list {
		w := &s.awaited.list[i]
		if !token.Clearable(w.Peer) {
			continue
		}
		if len(up[w.VRF]) == 0 || len(up[w.VRF]) == 1 && s.peersOf(w.VRF) > 1 {
			continue
		}
		w.Cleared = s.Now()
		s.Log.Info("clearing a session, for what is pending to act", "peer", w.Peer, "vrf", w.VRF, "lines", strings.Join(w.Lines, "; "))
		if err := s.Router.Clear(ctx, w.VRF, w.Peer); err != nil {
			w.Cleared = time.Time{}
			s.Log.Warn("the session could not be cleared; it is tried again", "peer", w.Peer, "vrf", w.VRF, "error", err)
			return false
		}
		return true
	}
	return false
}

// peersOf counts the neighbors of an instance that are to have a session.
func (s *Supervisor) peersOf(vrf string) int {
	n := 0
	if c := s.State().Config; c != nil {
		for _, i := range c.Instances() {
			for _, neighbor := range i.Neighbors {
				if i.Device == vrf && !neighbor.AdminDown {
					n++
				}
			}
		}
	}
	return n
}

// sessionsUp are the established sessions of a VRF, and since when they are.
func (s *Supervisor) sessionsUp(ctx context.Context, vrf string) (map[string]time.Time, error) {
	summary, err := proof.Summary(ctx, s.Router, vrf)
	if err != nil {
		return nil, err
	}
	up := map[string]time.Time{}
	for _, table := range summary {
		for name, peer := range table.Peers {
			if peer.State == status.Established {
				up[name] = peer.Since
			}
		}
	}
	return up, nil
}

// notes say in the status what waits for sessions.
func (a *awaitedSessions) notes(c *render.Config) []render.Note {
	var notes []render.Note
	for _, w := range a.list {
		path := "spec.neighbors"
		if field := c.FieldOf(w.Peer); field != "" {
			path = field
		}
		message := fmt.Sprintf("acts when the session with %s is next established: %s; clear the session on this node to have it now", w.Peer, strings.Join(w.Lines, "; "))
		if !token.Clearable(w.Peer) {
			message = fmt.Sprintf("acts when the session with %s is next established: %s; FRR's clear command takes the name %[1]s for another word, so the session has to end otherwise", w.Peer, strings.Join(w.Lines, "; "))
		}
		if !w.Cleared.IsZero() {
			message = fmt.Sprintf("the session with %s was cleared for what was pending, and is waited for before another is cleared", w.Peer)
		}
		notes = append(notes, render.Note{Path: path, Reason: "Pending", Message: message})
	}
	return notes
}
