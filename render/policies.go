package render

import (
	"cmp"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// chains are the policies of a session: those that it states, or its peer
// group, or else the speaker, each direction by itself.
type chains struct{ Import, Export *chain }

// chain is a list of policies and the field that states it.
type chain struct {
	path string
	*v1.PolicyAssignment
}

func chainsOf(path string, a *v1.ApplyPolicy) chains {
	var out chains
	if a == nil {
		return out
	}
	if a.ImportPolicy != nil {
		out.Import = &chain{path + ".applyPolicy.importPolicy", a.ImportPolicy}
	}
	if a.ExportPolicy != nil {
		out.Export = &chain{path + ".applyPolicy.exportPolicy", a.ExportPolicy}
	}
	return out
}

// or has the speaker's policies in the place of those that are not stated.
func (c chains) or(global *v1.ApplyPolicy) chains {
	other := chainsOf("spec.global", global)
	inherit(&c, &other)
	return c
}

// policies compiles chains of policies to the route maps of a configuration.
type policies struct {
	sources *policy.Policies
	maps    map[string]policy.Map
	effects *effects
}

func newPolicies(sources *policy.Policies) policies {
	e := newEffects()
	sources.Effects = e
	return policies{sources, map[string]policy.Map{}, e}
}

// routeMap compiles a chain and returns the name of the route map.
func (p policies) routeMap(c *chain, s policy.Subject, tail []policy.Entry) (string, []policy.Problem) {
	m, problems := p.sources.Compile(c.PolicyAssignment, s, tail)
	if len(problems) > 0 {
		return "", problems
	}
	p.maps[m.Name] = m
	return m.Name, nil
}

// attached are the compiled route maps that sessions of instances name, sorted
// by name.
func (p policies) attached(instances []*Instance) []policy.Map {
	var names []string
	add := func(s Session) {
		for _, f := range s.Families {
			names = append(names, f.Import, f.Export)
		}
	}
	for _, i := range instances {
		for _, g := range i.PeerGroups {
			add(g.Session)
		}
		for _, n := range i.Neighbors {
			add(n.Session)
		}
	}
	slices.Sort(names)
	var out []policy.Map
	for _, name := range slices.Compact(names) {
		if m, ok := p.maps[name]; ok {
			out = append(out, m)
		}
	}
	return out
}

// subject is what a policy of a session is applied to, but for direction and
// family.
func (r *resolver) subject(s *Session, peer v1.ASN, i *Instance) policy.Subject {
	shown := cmp.Or(s.LocalASN, r.spec.Global.ASN)
	external := peer != r.spec.Global.ASN
	if c := i.Confederation; c != nil {
		if slices.Contains(c.Peers, peer) {
			external = false // of the confederation (RFC 5065 section 4)
		} else {
			shown = cmp.Or(s.LocalASN, c.Identifier)
		}
	}
	return policy.Subject{
		External: external,
		LocalASN: uint32(shown),
		Tag:      Tag,
		Dialect:  r.in.Dialect.Policies,
	}
}

// attach gives each family of a session its route maps: those of its policies.
// Without an import policy everything is accepted. What is accepted is marked
// for the kernel. Without an export policy
// what this node originates is sent, so that it never becomes transit between
// its peers; but a route reflector sends its internal peers what it has of
// others, to clients all, to the rest what comes from clients (RFC 4456
// section 6).
//
// A policy that cannot be compiled for a family becomes one that rejects all
// routes of the family in that direction. The problems are returned.
func (r *resolver) attach(s *Session, c chains, subject policy.Subject, i *Instance, reflects bool) []refusal {
	var refused []refusal
	kernel := i.marking()
	subject.Reflected = reflects && !subject.External
	compile := func(c *chain, d policy.Direction, tail []policy.Entry) string {
		subject.Direction = d
		name, wrong := r.policies.routeMap(c, subject, tail)
		if len(wrong) > 0 {
			refused = append(refused, refusal{d, subject.Family, wrong})
			return r.policies.rejectsAll()
		}
		return name
	}
	for k := range s.Families {
		f := &s.Families[k]
		subject.Family = f.Family
		marking := kernel
		if !installed(f.Family) {
			marking = policy.Map{}
		}
		f.Import = marking.Name
		if c.Import != nil {
			f.Import = compile(c.Import, policy.Import, marking.Entries)
		}
		switch {
		case c.Export != nil:
			f.Export = compile(c.Export, policy.Export, nil)
		case subject.Reflected:
			f.Export = ""
			r.reflected = true
		default:
			f.Export = originatedMap
		}
	}
	return refused
}

// learned are the kinds of neighbors from which an instance learns routes.
func (r *resolver) learned(peers []peer, ranges []Range, groups []group) policy.Learned {
	var out policy.Learned
	add := func(asn v1.ASN) {
		out.Internal = out.Internal || asn == r.spec.Global.ASN
		out.External = out.External || asn != r.spec.Global.ASN
	}
	for _, p := range peers {
		add(p.PeerASN)
	}
	for _, rg := range ranges {
		for _, g := range groups {
			if g.Name == rg.PeerGroup {
				add(g.PeerASN)
			}
		}
	}
	return out
}

// attachToGroup gives a peer group the route maps that the peers from its
// ranges have, and returns the ranges of the instance that are left: of those
// whose policies differ from those of another range of the group, none. Members
// have route maps of their own where the group's are others.
func (r *resolver) attachToGroup(s *stated, g group, i *Instance, learned policy.Learned, reflects bool) []Range {
	subject := r.subject(&s.Session, g.PeerASN, i)
	subject.Learned = learned
	chosen := s.chains.or(r.spec.Global.ApplyPolicy)
	if !slices.ContainsFunc(i.Ranges, func(rg Range) bool { return rg.PeerGroup == g.Name }) {
		if len(r.attach(&s.Session, chosen, subject, i, reflects)) > 0 {
			r.attach(&s.Session, chains{}, subject, i, reflects)
		}
		return i.Ranges
	}
	var own []Range // of the group, those whose policies compile before the others
	sessions := map[string]Session{}
	refused := map[string][]refusal{}
	for _, rg := range i.Ranges {
		if rg.PeerGroup == g.Name {
			session := s.Session
			session.Families = slices.Clone(session.Families)
			subject.Range = rg.Prefix
			refused[rg.Path] = r.attach(&session, chosen, subject, i, reflects)
			sessions[rg.Path] = session
			own = append(own, rg)
		}
	}
	slices.SortStableFunc(own, func(a, b Range) int { return compareBool(len(refused[a.Path]) > 0, len(refused[b.Path]) > 0) })
	s.Session = sessions[own[0].Path]
	r.noteTransit(&s.Session, chosen.Export, reflects && !subject.External)
	left := map[string]bool{}
	for _, rg := range own {
		switch same := slices.Equal(sessions[rg.Path].Families, s.Families); {
		case !same && len(refused[rg.Path]) > 0:
			r.refusedRange(rg.Path, g.Name, refused[rg.Path])
		case !same:
			r.leaveOut(rg.Path, "PolicyRefused", "has other policies than another range of peer group %s, because of neighbor sets, and FRR gives a group one, so this range is left out: use a group of its own", g.Name)
		default:
			r.refused(rg.Path, "range", refused[rg.Path])
			continue
		}
		left[rg.Path] = true
	}
	return slices.DeleteFunc(i.Ranges, func(rg Range) bool { return left[rg.Path] })
}
