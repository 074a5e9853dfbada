package plan

import (
	"slices"
	"strings"
)

// version is that of FRR, which shows it with its configuration.
func version(running string) string {
	_, after, _ := strings.Cut(running, "frr version ")
	text, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(text)
}

// isRestart tells the commands that report whether a session restarts gracefully
// (RFC 4724).
func isRestart(line string) bool {
	switch slotOf(line) {
	case restartSlot, peerRestartSlot(peerOf(line)):
		return true
	}
	return false
}

const restartSlot = "bgp graceful-restart|graceful-restart-disable"

func peerRestartSlot(peer string) string {
	return "neighbor " + peer + " graceful-restart|graceful-restart-helper|graceful-restart-disable"
}

// restarted are the peers for which a command changes how the session restarts:
// FRR helps a peer unless told otherwise.
func (b *builder) restarted(c Command) []string {
	of := func(n *node, none string) string {
		if n == nil {
			return none
		}
		return n.line[strings.LastIndex(n.line, " ")+1:]
	}
	said := b.before.slots()
	all := of(said[restartSlot], "graceful-restart-helper")
	name := peerOf(c.Line)
	if name == "" {
		return slices.DeleteFunc(b.subjects(c), func(peer string) bool { return said[peerRestartSlot(peer)] != nil })
	}
	wanted := c.Line[strings.LastIndex(c.Line, " ")+1:]
	if strings.HasPrefix(c.Line, "no ") {
		wanted = all
	}
	if wanted == of(said[peerRestartSlot(name)], all) {
		return nil
	}
	return []string{name}
}

// internal are the peers of an instance within its AS.
func internal(instance *node) []string {
	peers := peersOf(instance)
	return slices.DeleteFunc(sorted(peers), func(name string) bool {
		p := peers[name]
		return !p.internal && (!isMember(peers, name) || !peers[p.group].internal)
	})
}
