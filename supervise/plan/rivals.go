package plan

import (
	"slices"
	"strings"
)

// inTheWay returns the lines of an instance that FRR wants taken back before
// it takes what is wanted:
//
//	bgp listen range             overlapping one that stays, or one of its own
//	                             with another group; the group of one does not go
//	neighbor X ebgp-multihop     beside ttl-security, and the other way round
//	neighbor GROUP local-as      before a member says the same of itself: going
//	                             later, it takes that along
//	bgp confederation            before any local-as comes, or a neighbor that has
//	                             one gets another AS: 8.4 refuses it for peers of
//	                             the confederation, or drops it
func inTheWay(old, goal *node, gonePeers []string) []*node {
	var list []*node
	another := slices.ContainsFunc(goal.children, func(n *node) bool {
		return isLocalAS(n.line) && (old.find(n.line) == nil || changesAS(old, goal, peerOf(n.line)))
	})
	for _, n := range old.children {
		if another && strings.HasPrefix(n.line, "bgp confederation ") && goal.slots()[n.key()] == nil {
			list = append(list, n)
			continue
		}
		if _, group, ok := rangeOf(n.line); ok {
			if goal.find(n.line) == nil || slices.Contains(gonePeers, group) {
				list = append(list, n)
			}
			continue
		}
		words := strings.Fields(n.line)
		if len(words) < 3 || words[0] != "neighbor" || slices.Contains(gonePeers, words[1]) {
			continue
		}
		if words[2] == "local-as" && goal.slots()[n.key()] == nil {
			list = append(list, n)
			continue
		}
		rival := map[string]string{"ebgp-multihop": "ttl-security hops", "ttl-security": "ebgp-multihop"}[words[2]]
		if rival != "" && goal.slots()["neighbor "+words[1]+" "+rival] != nil {
			list = append(list, n)
		}
	}
	return list
}

func isLocalAS(line string) bool {
	words := strings.Fields(line)
	return len(words) > 3 && words[0] == "neighbor" && words[2] == "local-as"
}

// changesAS reports whether a neighbor gets another remote AS.
func changesAS(old, goal *node, peer string) bool {
	return slices.ContainsFunc(goal.children, func(n *node) bool {
		return peerOf(n.line) == peer && strings.Contains(n.line, " remote-as ") && old.find(n.line) == nil
	})
}

// heldBack returns the lines of an instance that are let go of last:
//
//	bgp deterministic-med    after the neighbors' addpath-tx-bestpath-per-AS,
//	                         which made it: FRR refuses before
//	neighbor X shutdown      when X has its policies: the session begins at once
func heldBack(old, goal *node) []*node {
	var list []*node
	for _, n := range old.children {
		if (n.line == "bgp deterministic-med" || n.line == "neighbor "+peerOf(n.line)+" shutdown") && goal.find(n.line) == nil {
			list = append(list, n)
		}
	}
	return list
}

// clings reports whether FRR keeps something of a command when it is entered
// again otherwise: redistribute keeps the options that it is not told again.
func clings(old, wanted string) bool {
	if !strings.HasPrefix(old, "redistribute ") || old == wanted {
		return false
	}
	for _, option := range []string{" metric ", " route-map "} {
		if strings.Contains(old, option) && !strings.Contains(wanted, option) {
			return true
		}
	}
	return false
}
