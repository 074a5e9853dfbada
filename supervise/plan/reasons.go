package plan

import "strings"

// Reasons says of each step why it stands where it does, "" where that is of no
// matter.
func (p *Plan) Reasons() []string {
	comes := map[string]bool{} // peers that steps make, BGP instances by VRF, lists
	for _, s := range p.Steps {
		if !strings.HasPrefix(s.Line, "no ") {
			comes[subject(s.Command)] = true
		}
	}
	reasons := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		line, isNo := strings.CutPrefix(s.Line, "no ")
		again := comes[subject(s.Command)]
		if isNo {
			reasons[i] = whyNow(s, line, again)
		} else {
			reasons[i] = whyNotBefore(s, line)
		}
	}
	return reasons
}

// subject is what a step makes or takes back as a whole.
func subject(c Command) string {
	line := strings.TrimPrefix(c.Line, "no ")
	switch name := peerOf(line); {
	case name != "":
		return "neighbor " + name
	case partOf(line) == instances:
		return "router bgp of VRF " + vrfOf(line)
	}
	list, _ := listAndSort(line)
	return list
}

// whyNow says why something is taken back in its place. again says that
// something of what it is about comes, or comes again.
func whyNow(s Step, line string, again bool) string {
	words := strings.Fields(line)
	switch partOf(top(s.Command)) {
	case statics:
		return "first, under the policies that it was announced by"
	case lists:
		if again {
			return "the list stays, with what has come"
		}
		return "last, as no route map asks the list any more"
	case routeMaps:
		if imports(top(s.Command)) {
			return "before anything is announced that was not before"
		}
		if len(s.Context) == 0 {
			return "last, as it is attached nowhere any more"
		}
	case instances:
		switch {
		case len(s.Context) == 0 && again:
			return "FRR takes no other AS number for an instance: it is made again, and all its sessions end for that long"
		case words[0] == "neighbor" && (len(words) == 2 || len(words) == 3 && words[2] == "peer-group") && again:
			return "FRR cannot change what kind of neighbor it is: it is made again"
		case s.parting:
			return "when FRR has taken the new neighbors, and before the policies change"
		case isDoor(line):
			return "before the policies change"
		case activates(line):
			return "before its policies go"
		case words[len(words)-1] == "shutdown":
			return "when it has its policies"
		}
	}
	return ""
}

// whyNotBefore says why something is entered in its place.
func whyNotBefore(s Step, line string) string {
	switch partOf(top(s.Command)) {
	case pace:
		return "first, because sessions wait for that long after a policy was edited"
	case lists:
		return "before a route map asks the list"
	case routeMaps:
		return "before it is attached"
	case profiles:
		return "before a neighbor uses it"
	case statics:
		return "last, when every peer has its policies"
	case instances:
		_, _, isRange := rangeOf(line)
		switch {
		case activates(line):
			return "when it has its policies"
		case isDoor(line):
			return "when every peer has its policies"
		case isRange:
			return "when its group has its policies"
		case len(s.Context) > 1 && peerOf(line) != "" && strings.Contains(line, " route-map "):
			return "before it is active, or in the place of the one before"
		}
	}
	return ""
}
