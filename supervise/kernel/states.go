//go:build linux

package kernel

import "golang.org/x/sys/unix"

// state is a state of an address in the kernel that keeps it from being
// announced.
type state struct {
	flags uint32 // any of them (IFA_F_…)
	scope uint8  // this one or a narrower one, which has a higher number; 0 for any
	why   string
	// passing states end by themselves, within seconds.
	passing bool
}

// states is the table of them; the first that applies counts. An address in any
// other state is announced, on every version of FRR: preferred or deprecated,
// permanent or with a lifetime, secondary, temporary, with or without a prefix
// route, of global or site scope. docs/frr.md has the same table in words.
var states = []state{
	{flags: unix.IFA_F_DADFAILED, why: "has failed duplicate address detection: another system on the link has it"},
	{flags: unix.IFA_F_TENTATIVE, why: "is tentative: duplicate address detection has not ended", passing: true},
	{scope: unix.RT_SCOPE_HOST, why: "is valid on this host only (scope host)"},
	{scope: unix.RT_SCOPE_LINK, why: "is valid on its link only (scope link)"},
}

// stateOf finds the state that keeps an address from being announced, nil if
// there is none.
func stateOf(flags uint32, scope uint8) *state {
	for i := range states {
		s := &states[i]
		if flags&s.flags != 0 || s.scope != 0 && scope >= s.scope {
			return s
		}
	}
	return nil
}
