package render

import (
	"cmp"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// stated is what a neighbor or a peer group says of its session, in FRR's
// terms. What is zero it does not say.
type stated struct {
	// Session, less its families.
	Session
	// everywhere is what it says of all families at once.
	everywhere FamilySession
	// families is what it says of each; nil if it names none.
	families []FamilySession
	chains   chains
}

// inherit takes over what only the peer group says.
func (s *stated) inherit(group *stated) {
	inherit(&s.Session, &group.Session)
	inherit(&s.everywhere, &group.everywhere)
	inherit(&s.chains, &group.chains)
	if s.families == nil {
		s.families = group.families
	}
}

// complete forgets how FRR's defaults came to be stated, when nothing is left
// to inherit.
func (s *stated) complete() {
	if s.everywhere.SendCommunity == "both" {
		s.everywhere.SendCommunity = ""
	}
	if s.BFD != nil && *s.BFD == (BFD{}) {
		s.BFD = nil
	}
}

// sessionOf reads what neighbors and peer groups say alike, but for timers and
// passwords.
func (r *resolver) sessionOf(path string, c *v1.SessionConfig, t *v1.Transport, b *v1.BFD, families []v1.AfiSafi) stated {
	s := stated{
		Session: Session{LocalASN: c.LocalASN, BFD: r.bfd(path, b)},
		everywhere: FamilySession{
			ReplacePeerASN: c.ReplacePeerASN,
			SendCommunity:  c.SendCommunity,
			RemovePrivate:  c.RemovePrivate,
		},
		families: r.statedFamilies(path, families),
	}
	if s.LocalASN == r.spec.Global.ASN {
		s.LocalASN = 0
	}
	const most = 10 // allowas-in (1-10)
	if s.everywhere.AllowOwnASN = min(c.AllowOwnASN, most); c.AllowOwnASN > most {
		r.note(path+".config.allowOwnAsn", "Altered", "FRR allows the own AS number at most %d times, so %d becomes %d", most, c.AllowOwnASN, most)
	}
	if c.RouteFlapDamping {
		s.everywhere.Dampening = r.in.Dialect.Dampening
		if !r.in.Dialect.Dampening {
			r.note(path+".config.routeFlapDamping", "NotApplied", "this version of FRR damps the routes of all neighbors or of none; 10.1 and later do it for one")
		}
	}
	if c.SendSoftwareVersion {
		s.SoftwareVersion = r.in.Dialect.SoftwareVersion
		if !r.in.Dialect.SoftwareVersion {
			r.note(path+".config.sendSoftwareVersion", "NotApplied", "this version of FRR does not tell its version to peers; 10.1 and later do")
		}
	}
	if t != nil {
		s.Passive = t.PassiveMode
		s.UpdateSource = cmp.Or(t.LocalAddress, t.BindInterface)
		if t.LocalAddress != "" && t.BindInterface != "" {
			r.note(path+".transport.bindInterface", "NotApplied", "localAddress is the source of the session; FRR takes one of the two")
		}
	}
	return s
}

// settle leaves out what FRR does not take of a session with this peer.
func (r *resolver) settle(path string, s *stated, peer v1.ASN) {
	own := r.spec.Global.ASN
	switch {
	case s.LocalASN == 0:
	case peer == own:
		r.note(path+".config.localAsn", "NotApplied", "FRR shows another AS number to external peers only, and this one is in AS %d", own)
		s.LocalASN = 0
	case peer == s.LocalASN:
		r.note(path+".config.localAsn", "NotApplied", "FRR does not show a peer its own AS number %d, which would make the session internal", peer)
		s.LocalASN = 0
	case peer != 0 && r.inConfederation(peer):
		r.note(path+".config.localAsn", "NotApplied", "FRR shows another AS number to external peers only, and AS %d is in the same confederation", peer)
		s.LocalASN = 0
	}
	if peer != own {
		return
	}
	// The AS path does not change within an AS (RFC 4271 section 5.1.2).
	if s.everywhere.ReplacePeerASN {
		r.note(path+".config.replacePeerAsn", "NotApplied", "FRR changes AS paths for external peers only, and this one is in AS %d", own)
		s.everywhere.ReplacePeerASN = false
	}
	if s.everywhere.RemovePrivate != "" {
		r.note(path+".config.removePrivate", "NotApplied", "FRR changes AS paths for external peers only, and this one is in AS %d", own)
		s.everywhere.RemovePrivate = ""
	}
}
