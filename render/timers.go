package render

import (
	"cmp"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// The timers of a session that states none, in seconds.
const (
	defaultConnectRetry = 120
	defaultHold         = 90
)

// timersOf merges the two spellings of timers; validate has made sure that
// they do not differ.
func timersOf(t *v1.Timers) Timers {
	if t == nil {
		return Timers{}
	}
	var nested v1.TimersConfig
	if t.Config != nil {
		nested = *t.Config
	}
	out := Timers{
		ConnectRetry: cmp.Or(t.ConnectRetry, nested.ConnectRetry),
		Hold:         cmp.Or(t.HoldTime, nested.HoldTime),
		Keepalive:    cmp.Or(t.KeepaliveInterval, nested.KeepaliveInterval),
		MRAI:         cmp.Or(t.MinimumAdvertisementInterval, nested.MinimumAdvertisementInterval),
	}
	if out.ConnectRetry != nil && *out.ConnectRetry == 0 {
		out.ConnectRetry = nil
	}
	if out.MRAI != nil && *out.MRAI == 0 {
		out.MRAI = nil
	}
	return out
}

// fillIn states every timer that has a default.
func (t *Timers) fillIn() {
	if t.ConnectRetry == nil {
		t.ConnectRetry = new(uint32(defaultConnectRetry))
	}
	if t.Hold == nil {
		t.Hold = new(uint32(defaultHold))
	}
	if t.Keepalive == nil {
		t.Keepalive = new(*t.Hold / 3)
	}
}

// settle makes the pair of hold time and keepalive interval one that FRR takes
// as it stands: `neighbor PEER timers` has both, and FRR lowers a keepalive
// interval of more than a third of the hold time without a word (RFC 4271
// section 10 suggests a third).
func (t *Timers) settle(r *resolver, path string, group Timers) {
	if t.Hold == nil && t.Keepalive == nil {
		return
	}
	if t.Hold == nil {
		t.Hold = group.Hold
	}
	if t.Keepalive == nil {
		t.Keepalive = new(*t.Hold / 3)
	}
	if most := *t.Hold / 3; *t.Keepalive > most {
		r.note(path+".timers.keepaliveInterval", "Altered", "%d s is more than a third of the hold time of %d s; FRR uses %d s", *t.Keepalive, *t.Hold, most)
		t.Keepalive = new(most)
	}
}
