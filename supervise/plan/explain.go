package plan

import "strings"

// Consequence is what a command of a BGP instance, or its "no" form, does to
// the sessions that it is about, on the FRR of a version; "" for nothing. Words
// may stand for values: neighbor PEER password LINE.
func Consequence(command, version string) Kind {
	if len(strings.Fields(command)) == 0 {
		return ""
	}
	if isRestart(command) && !strings.HasPrefix(version, "8.") {
		return Reset
	}
	return consequenceOf(command)
}
