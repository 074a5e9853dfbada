package render

import (
	"cmp"
	"fmt"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// What holds where a configuration with BFD says nothing (RFC 5880, RFC 5881).
const (
	defaultBFDPort       = 3784
	defaultBFDInterval   = 1000000 // microseconds
	defaultBFDMultiplier = 3
)

// BFD are the settings by which a dead path is found (RFC 5880). FRR keeps them
// in a profile; sessions with equal settings share one.
type BFD struct {
	// TransmitMS and ReceiveMS are the least intervals in milliseconds.
	TransmitMS, ReceiveMS uint32
	Multiplier            uint32
}

// Profile is the name of the profile, which follows from the settings.
func (b BFD) Profile() string {
	return fmt.Sprintf("%sBFD-%d-%d-%d", NamePrefix, b.TransmitMS, b.ReceiveMS, b.Multiplier)
}

// lines are what FRR shows of the profile: nothing that is its own default.
func (b BFD) lines() []string {
	var lines []string
	for _, setting := range []struct {
		name            string
		value, ordinary uint32
	}{
		{"detect-multiplier", b.Multiplier, 3},
		{"transmit-interval", b.TransmitMS, 300},
		{"receive-interval", b.ReceiveMS, 300},
	} {
		if setting.value != setting.ordinary {
			lines = append(lines, fmt.Sprintf("%s %d", setting.name, setting.value))
		}
	}
	return lines
}

// bfd resolves the settings of a session. A stated block holds as a whole; the
// zero BFD is one that opts out of the peer group's.
func (r *resolver) bfd(path string, b *v1.BFD) *BFD {
	switch {
	case b == nil:
		return nil
	case b.Enabled != nil && !*b.Enabled:
		return &BFD{}
	}
	r.usesBFD = true
	if r.in.WithoutBFD {
		r.note(path+".bfd", "NoBFDD", "FRR's bfdd does not run on this node, so there is no BFD until it is started: bfdd=yes in FRR's file daemons")
		return &BFD{}
	}
	if b.Port != 0 && b.Port != defaultBFDPort {
		r.note(path+".bfd.port", "NotApplied", "FRR sends to port %d and no other (RFC 5881), so %d has no effect", defaultBFDPort, b.Port)
	}
	return &BFD{
		TransmitMS: r.milliseconds(path+".bfd.desiredMinimumTxInterval", b.DesiredMinimumTxInterval),
		ReceiveMS:  r.milliseconds(path+".bfd.requiredMinimumReceive", b.RequiredMinimumReceive),
		Multiplier: cmp.Or(b.DetectionMultiplier, defaultBFDMultiplier),
	}
}

// milliseconds is the nearest interval that FRR can keep, rounded up.
func (r *resolver) milliseconds(path string, microseconds uint32) uint32 {
	us := cmp.Or(microseconds, defaultBFDInterval)
	ms := (us + 999) / 1000
	if us%1000 != 0 {
		r.note(path, "Altered", "%d µs becomes %d ms, as FRR counts in milliseconds", us, ms)
	}
	return ms
}

// bfdProfiles are the profiles that the sessions of instances use, each once,
// by name.
func bfdProfiles(instances ...*Instance) []BFD {
	var profiles []BFD
	add := func(s *Session) {
		if s.BFD != nil {
			profiles = append(profiles, *s.BFD)
		}
	}
	for _, i := range instances {
		for j := range i.PeerGroups {
			add(&i.PeerGroups[j].Session)
		}
		for j := range i.Neighbors {
			add(&i.Neighbors[j].Session)
		}
	}
	slices.SortFunc(profiles, func(a, b BFD) int { return cmp.Compare(a.Profile(), b.Profile()) })
	return slices.Compact(profiles)
}
