//go:build linux

package vtysh

import (
	"fmt"
	"strings"
)

// ErrLocked says that somebody else is editing FRR's configuration (10.x: the candidate datastore is locked). Nothing
// was changed by the call; it may be repeated shortly.
var ErrLocked error = lockedError{}

type lockedError struct{}

func (lockedError) Error() string {
	return "FRR's configuration is locked by another session; wait until it is left, or end it"
}

// Locked tells callers that do not know this package.
func (lockedError) Locked() bool { return true }

// Refusal is a command that FRR did not take. Nothing in it contains a password.
type Refusal struct {
	Line    int    // in the script or text, counted from 1; 0 if FRR does not say which line it means
	Command string // that line, without its indentation
	Daemon  string // who refused, if known
	Status  int    // vty status, such as 2 unknown, 4 incomplete, 13 refused; 0 if FRR claims success
	Message string // FRR's own words
	Died    bool   // nobody refused: the daemon ended, or closed the connection
}

func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", r.Line)
	}
	if r.Command != "" {
		fmt.Fprintf(&b, "%q ", r.Command)
	} else if r.Line == 0 {
		b.WriteString("a line that FRR does not name ")
	}
	b.WriteString("was refused")
	if r.Daemon != "" {
		b.WriteString(" by " + r.Daemon)
	}
	if r.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", r.Status)
	}
	if r.Message != "" {
		b.WriteString(": " + strings.ReplaceAll(r.Message, "\n", "; "))
	}
	return b.String()
}

// Refused returns the command and FRR's words, for callers that do not know this package.
func (r *Refusal) Refused() (command, message string) {
	return r.Command, strings.ReplaceAll(r.Message, "\n", "; ")
}

// At is the number of the line, for callers that do not know this package.
func (r *Refusal) At() int { return r.Line }

// Unheard tells callers that do not know this package what Died says.
func (r *Refusal) Unheard() bool { return r.Died }

// Refusals are all that FRR refused in one run, in the order of its complaints.
type Refusals []*Refusal

func (rs Refusals) Error() string {
	texts := make([]string, len(rs))
	for i, r := range rs {
		texts[i] = r.Error()
	}
	return strings.Join(texts, "\n")
}

// Unwrap lets errors.As find the first Refusal.
func (rs Refusals) Unwrap() []error {
	errs := make([]error, len(rs))
	for i, r := range rs {
		errs[i] = r
	}
	return errs
}

// err is nil without refusals.
func (rs Refusals) err() error {
	if len(rs) == 0 {
		return nil
	}
	return rs
}

// add appends r unless the same was said before: forked children of vtysh, and daemons that share a command, repeat.
func (rs *Refusals) add(r *Refusal) {
	for _, old := range *rs {
		if old.Line == r.Line && old.Message == r.Message {
			return
		}
	}
	*rs = append(*rs, r)
}
