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
}

func newPolicies(spec *v1.BGPConfigurationSpec) policies {
	sources, _ := policy.Read(spec.DefinedSets, spec.PolicyDefinitions) // validate has told the problems
	return policies{sources, map[string]policy.Map{}}
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
func (r *resolver) attach(s *Session, c chains, subject policy.Subject, i *Instance, reflects bool) []policy.Problem {
	var problems []policy.Problem
	kernel := i.marking()
	for k := range s.Families {
		f := &s.Families[k]
		subject.Family = f.Family
		marking := kernel
		if !installed(f.Family) {
			marking = policy.Map{}
		}
		f.Import = marking.Name
		if c.Import != nil {
			subject.Direction = policy.Import
			name, wrong := r.policies.routeMap(c.Import, subject, marking.Entries)
			f.Import, problems = name, append(problems, wrong...)
		}
		switch {
		case c.Export != nil:
			subject.Direction = policy.Export
			name, wrong := r.policies.routeMap(c.Export, subject, nil)
			f.Export, problems = name, append(problems, wrong...)
		case reflects && !subject.External:
			f.Export = ""
		default:
			f.Export = originatedMap
		}
	}
	return problems
}

// refused tells that something is left out because of its policies: to run it
// with others than its own would leak routes.
func (r *resolver) refused(path, what string, problems []policy.Problem) {
	for _, p := range problems {
		r.note(path, "PolicyRefused", "spec.%s, so this %s is left out", p.Error(), what)
	}
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
// whose policies cannot be decided before a peer connects, or differ from
// those of another range of the group, none. Members have route maps of their
// own where the group's are others.
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
	var first *Session
	return slices.DeleteFunc(i.Ranges, func(rg Range) bool {
		if rg.PeerGroup != g.Name {
			return false
		}
		session := s.Session
		session.Families = slices.Clone(session.Families)
		subject.Range = rg.Prefix
		if problems := r.attach(&session, chosen, subject, i, reflects); len(problems) > 0 {
			r.refused(rg.Path, "range", problems)
			return true
		}
		if first == nil {
			first = &session
			s.Session = session
			return false
		}
		if !slices.Equal(first.Families, session.Families) {
			r.note(rg.Path, "PolicyRefused", "has other policies than another range of peer group %s, because of neighbor sets, and FRR gives a group one, so this range is left out: use a group of its own", g.Name)
			return true
		}
		return false
	})
}
