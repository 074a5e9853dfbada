package policy

import (
	"fmt"
	"net/netip"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Read reads defined sets and policies. The problems are those of sets and of
// names; those of statements are found by Check and Compile.
func Read(sets []v1.DefinedSet, definitions []v1.PolicyDefinition) (*Policies, []Problem) {
	return readWith(newWork(), sets, definitions)
}

func readWith(w *work, sets []v1.DefinedSet, definitions []v1.PolicyDefinition) (*Policies, []Problem) {
	p := &Policies{
		definitions: map[string]definition{}, sets: map[setKey]*set{},
		work: w, members: map[setKey]readResult{}, lists: map[setKey]List{}, maps: map[mapKey]compiled{},
		unions: map[setKey]string{}, lines: map[lineKey]lineResult{}, learned: map[judgedMap]bool{},
	}
	var problems []Problem
	report := func(path, value, text string) {
		if len(problems) < mostProblems {
			problems = append(problems, Problem{path, value, text})
		}
	}
	for i := range definitions {
		d, path := &definitions[i], fmt.Sprintf("policyDefinitions[%d]", i)
		switch _, taken := p.definitions[d.Name]; {
		case d.Name == "":
			report(path+".name", d.Name, "must not be empty")
		case taken:
			report(path+".name", d.Name, "is the name of an earlier policy")
		default:
			p.definitions[d.Name] = definition{path, d, seesPeer(d)}
		}
	}
	p.readSets(sets, report)
	return p, problems
}

// Check returns every problem of the policies of a configuration that does not
// depend on what they are applied to, in the order of the fields.
func Check(spec *v1.BGPConfigurationSpec) []Problem {
	_, problems := ReadAndCheck(spec, nil)
	return problems
}

// ReadAndCheck is Read and Check in one. It calls pause, unless that is nil, before
// each piece of work of about a millisecond, and continues when pause returns.
func ReadAndCheck(spec *v1.BGPConfigurationSpec, pause func()) (*Policies, []Problem) {
	w := newWork()
	w.pause = pause
	p, problems := readWith(w, spec.DefinedSets, spec.PolicyDefinitions)
	a := attachments{policies: p, directions: map[string][]Direction{}}
	a.apply("global.applyPolicy", spec.Global.ApplyPolicy)
	for i := range spec.Neighbors {
		a.apply(fmt.Sprintf("neighbors[%d].applyPolicy", i), spec.Neighbors[i].ApplyPolicy)
	}
	for i := range spec.PeerGroups {
		a.apply(fmt.Sprintf("peerGroups[%d].applyPolicy", i), spec.PeerGroups[i].ApplyPolicy)
	}
	for i := range spec.PolicyDefinitions {
		d := &spec.PolicyDefinitions[i]
		for j := range d.Statements {
			path := fmt.Sprintf("policyDefinitions[%d].statements[%d].", i, j)
			if len(a.problems) < mostProblems {
				a.problems = append(a.problems, p.check(path, &d.Statements[j], a.directions[d.Name])...)
			}
		}
	}
	p.work = newWork() // what is compiled now is what counts
	return p, append(a.problems, problems...)
}

// attachments collects in which directions each policy is applied.
type attachments struct {
	policies   *Policies
	directions map[string][]Direction
	problems   []Problem
}

func (a *attachments) apply(path string, p *v1.ApplyPolicy) {
	if p != nil {
		a.assign(path+".importPolicy", p.ImportPolicy, Import)
		a.assign(path+".exportPolicy", p.ExportPolicy, Export)
	}
}

func (a *attachments) assign(path string, chain *v1.PolicyAssignment, d Direction) {
	if chain == nil {
		return
	}
	for i, name := range chain.Policies {
		if _, ok := a.policies.definitions[name]; !ok && len(a.problems) < mostProblems {
			a.problems = append(a.problems, Problem{fmt.Sprintf("%s.policies[%d]", path, i), name, "names no policy of policyDefinitions"})
		}
		if !slices.Contains(a.directions[name], d) {
			a.directions[name] = append(a.directions[name], d)
		}
	}
	switch chain.DefaultAction {
	case "", v1.Accept, v1.Reject:
	default:
		a.problems = append(a.problems, Problem{path + ".defaultAction", string(chain.DefaultAction), "must be accept or reject"})
	}
}

// check compiles a statement for one subject after the other, and returns what
// is a problem for all of them: that cannot depend on the subject.
func (p *Policies) check(path string, st *v1.Statement, directions []Direction) []Problem {
	if len(directions) == 0 {
		directions = []Direction{Import, Export}
	}
	families := slices.Compact(slices.Sorted(slices.Values(st.Conditions.AfiSafiIn)))
	if len(families) == 0 {
		families = []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast}
	}
	var common []Problem
	for i, d := range directions {
		for j, f := range families {
			found := p.judge(path, st, Subject{
				Direction: d, Family: f, Peer: somePeer[prefixFamily(f)], Learned: Learned{Internal: true},
				Dialect: Dialect{DeletesExtCommunities: true},
			})
			if i == 0 && j == 0 {
				common = found
			}
			common = slices.DeleteFunc(common, func(p Problem) bool { return !slices.Contains(found, p) })
		}
	}
	return common
}

// somePeer is a neighbor for each family.
var somePeer = map[string]netip.Addr{
	"":     netip.MustParseAddr("192.0.2.1"),
	"ip":   netip.MustParseAddr("192.0.2.1"),
	"ipv6": netip.MustParseAddr("2001:db8::1"),
}

// judge returns what is wrong with a statement for a subject, even if it never
// matches.
func (p *Policies) judge(path string, st *v1.Statement, s Subject) []Problem {
	c := &compiler{policies: p, path: path, subject: s, judging: true}
	c.conditions(&st.Conditions)
	c.actions(&st.Actions)
	return c.problems
}
