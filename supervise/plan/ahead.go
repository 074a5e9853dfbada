package plan

import (
	"slices"
	"strings"
)

// Ahead returns the commands of the plan between two configurations that FRR can
// be given first, because they end no session that runs. What FRR refuses of them
// is found before a session is reset. It is empty if the plan ends no session.
//
// A new neighbor is made whole and shut down: its session begins with the rest of
// the plan, when the policies of all others are what they shall be. A command that
// needs another that is not ahead is not ahead either.
//
// Of a neighbor that runs and whose session ends, the lines that do not end it go
// ahead, unless it becomes another peer, so that FRR takes or refuses these first.
//
// Before is what ran before the attempt of which this is a part. What runs and is
// not in there was left by the attempt, as FRR keeps a part of what it does not take
// as it was entered: it is as good as new, and no session of it counts.
func Ahead(running, wanted, before string) *Plan {
	p, ahead := Between(running, wanted), &Plan{}
	if !p.EndsSessions() {
		return ahead
	}
	from, scouts, barred := parse(running), map[string]*scout{}, false
	was := from
	if before != running {
		was = parse(before)
	}
	for _, instance := range only(from, instances) {
		s := scoutOf(instance, was.find(instance.line), p)
		scouts[instance.line] = s
		barred = barred || s.barred && vrfOf(instance.line) == "" // those of VRFs rest on it
	}
	met := false // an instance
	for _, step := range p.Steps {
		line := top(step.Command)
		switch of := scouts[line]; {
		case partOf(line) != instances:
			if !met {
				ahead.Steps = append(ahead.Steps, step)
			}
			continue
		case barred:
		case of == nil:
			scouts[line] = scoutOf(&node{line: line}, nil, p)
			ahead.Steps = append(ahead.Steps, scouts[line].take(step)...)
		default:
			ahead.Steps = append(ahead.Steps, of.take(step)...)
		}
		met = true
	}
	return ahead
}

// EndsSessions reports whether a session that runs ends with the plan.
func (p *Plan) EndsSessions() bool {
	return slices.ContainsFunc(p.Effects(), func(e Effect) bool { return e.Kind == Removed || e.Kind == Reset || e.Kind == Limited })
}

// scout decides which commands of a BGP instance go ahead.
type scout struct {
	isNew  bool
	barred bool             // nothing of the instance goes ahead
	old    map[string]*peer // the peers that run
	ending map[string]bool  // those of them that the plan ends a session of, or takes away
	remade map[string]bool  // those of them that become another peer, on which the other lines may depend
	groups map[string]bool  // groups that run and that the plan changes
	of     map[string]string
	ranged map[string]bool // new groups of new ranges
	shut   map[string]bool // new peers that are to be shut down anyway, or have been
}

// scoutOf makes the scout of an instance that runs. Was is the same instance as it
// ran before the attempt, nil if it did not.
func scoutOf(instance, was *node, p *Plan) *scout {
	s := &scout{isNew: was == nil || len(was.children) == 0, old: peersOf(instance), ending: map[string]bool{}, remade: map[string]bool{},
		groups: map[string]bool{}, of: map[string]string{}, ranged: map[string]bool{}, shut: map[string]bool{}}
	ran, ranges := peersOf(was), rangesOf(was)
	for name := range s.old {
		if ran[name] == nil {
			delete(s.old, name)
			s.shut[name] = instance.find("neighbor "+name+" shutdown") != nil
		}
	}
	for _, step := range p.Steps {
		if top(step.Command) != instance.line {
			continue
		}
		line, isNo := strings.CutPrefix(step.Line, "no ")
		words := strings.Fields(line)
		prefix, group, isRange := rangeOf(line)
		switch name := peerOf(line); {
		case isNo && len(step.Context) == 0 && was != nil, // it is made again
			isNo && ranges[prefix] != "",                  // it is in the way of another
			strings.HasPrefix(line, "bgp confederation "): // what local-as may be depends on it
			s.barred = true
		case isRange:
			s.ranged[group] = s.old[group] == nil
		case name == "":
		case s.old[name] == nil:
			if i := slices.Index(words, "peer-group"); i > 0 && i+1 < len(words) {
				s.of[name] = words[i+1]
			}
			s.shut[name] = !removes(step.Line) && (s.shut[name] || !isNo && words[len(words)-1] == "shutdown")
		default:
			s.ending[name] = s.ending[name] || removes(step.Line) || mayEnd(line)
			s.remade[name] = s.remade[name] || removes(step.Line) || remakes(words)
			s.groups[name] = s.groups[name] || s.old[name].isGroup
		}
	}
	return s
}

// removes reports whether a command deletes a neighbor or a peer group.
func removes(line string) bool {
	words := strings.Fields(line)
	return len(words) > 2 && words[0] == "no" && words[1] == "neighbor" && (len(words) == 3 || len(words) == 4 && words[3] == "peer-group")
}

// remakes reports whether a command about a neighbor, in words, changes whom it is a
// session with.
func remakes(words []string) bool {
	return slices.Contains(words, "remote-as") || slices.Contains(words, "peer-group") || slices.Contains(words, "local-as")
}

// mayEnd reports whether a command may end a session.
func mayEnd(line string) bool {
	kind := consequenceOf(line)
	return kind == Reset || kind == Limited || isRestart(line)
}

// take returns what goes ahead of a step: nothing, the step, or the step and a
// command that shuts a new neighbor down.
func (s *scout) take(step Step) []Step {
	name := peerOf(step.Line)
	_, group, isRange := rangeOf(step.Line)
	switch {
	case s.barred:
		return nil
	case name != "" && s.old[name] == nil:
		if !s.settled(s.of[name]) {
			return nil
		}
		if line, isNo := strings.CutPrefix(step.Line, "no "); isNo && line == "neighbor "+name+" shutdown" {
			return nil
		} else if isNo {
			return []Step{step}
		}
		isGroup := strings.HasSuffix(step.Line, " peer-group")
		if s.shut[name] || isGroup && !s.ranged[name] {
			return []Step{step}
		}
		s.shut[name] = true
		// In an address family the command would be one of the instance, and leave the family. A
		// neighbor of which such a command is the first one exists already.
		down := Command{step.Context[:1], "neighbor " + name + " shutdown"}
		shut := Step{Command: down, Undo: []Step{{Command: Command{down.Context, negate(down.Line)}}}}
		if len(step.Context) > 1 {
			return []Step{shut, step}
		}
		return []Step{step, shut}
	case name != "":
		if s.ending[name] && (s.remade[name] || len(step.Context) > 1 || mayEnd(step.Line)) {
			return nil
		}
		if s.groups[name] || strings.HasPrefix(step.Line, "no ") || isDoor(step.Line) || strings.Contains(step.Line, " route-map ") {
			return nil
		}
		return []Step{step}
	case isRange && !s.settled(group), len(step.Context) > 1:
		return nil
	case !s.isNew && (strings.HasPrefix(step.Line, "no ") || !isRange && mayEnd(step.Line)):
		return nil
	}
	return []Step{step}
}

// settled reports whether a group is one that a new member can have at once.
func (s *scout) settled(group string) bool { return !s.ending[group] && !s.groups[group] }

// Probe returns what FRR is given first when a configuration is tried again of
// which it did not take some commands: those, with what they cannot do without.
// It ends no session but by a command that FRR refused before.
func Probe(running, wanted, before string, untaken []Command) *Plan {
	if len(untaken) == 0 {
		return &Plan{}
	}
	ids, peers, tops := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range untaken {
		ids[c.id()] = true
		if name := c.Peer(); name != "" {
			peers[top(c)+" "+name] = true
		} else if partOf(top(c)) != instances {
			tops[top(c)] = true
		}
	}
	is := func(s Step) bool { return ids[s.Command.id()] }
	ahead := Ahead(running, wanted, before).Steps
	if !slices.ContainsFunc(ahead, is) {
		return &Plan{Steps: slices.DeleteFunc(Between(running, wanted).Steps, func(s Step) bool { return !is(s) })}
	}
	for _, s := range ahead { // a member needs its group
		words := strings.Fields(s.Line)
		if i := slices.Index(words, "peer-group"); i > 0 && i+1 < len(words) && (peers[top(s.Command)+" "+s.Peer()] || is(s)) {
			peers[top(s.Command)+" "+words[i+1]] = true
		}
	}
	return &Plan{Steps: slices.DeleteFunc(ahead, func(s Step) bool {
		return !is(s) && !peers[top(s.Command)+" "+s.Peer()] && !tops[top(s.Command)] && !(s.Opens && partOf(s.Line) == instances)
	})}
}

// In returns the differences that the steps of a plan and of another one both
// are about: what a plan was to do, and is left to be done.
func (p *Plan) In(left *Plan) []Difference {
	missing := map[string]bool{}
	for _, s := range left.Steps {
		missing[s.Command.id()] = true
	}
	var list []Difference
	for _, s := range p.Steps {
		if missing[s.Command.id()] && !s.Opens {
			list = append(list, difference(s))
		}
	}
	return list
}
