//go:build linux

package vtysh

import (
	"regexp"
	"strconv"
	"strings"
)

// What `vtysh -f` and `vtysh -C -f` print, standard output and standard error in one stream, 8.4 and 10.3.
var (
	// A daemon refused; its own words come before.
	daemonRefused = regexp.MustCompile(`^line (\d+): Failure to communicate\[(\d+)\] to (\S+), line:`)
	// vtysh itself knows no such command. In brackets the node (FRR's enum node_type) that it was in.
	vtyshRefused = regexp.MustCompile(`^line (\d+): % ((Unknown command|Ambiguous command|Command incomplete)\[(\d+)\]):`)
	// "exit" where no context was open: vtysh stops reading there (10.x).
	leftEarly  = regexp.MustCompile(`^line (\d+): Warning\[\d+\]\.\.\.: early exit from config file`)
	lineWarns  = regexp.MustCompile(`^line (\d+): Warning\[\d+\]\.\.\.:`)
	daemonDied = regexp.MustCompile(`^vtysh: error reading from ([^:]+): |^Warning: closing connection to (\S+) because`)

	// Somebody else holds the candidate datastore, or the running one.
	locked = regexp.MustCompile(`locked by (another|other) |could not lock (candidate|running) DS`)

	child  = regexp.MustCompile(`^\[\d+\|[a-z0-9]+\] `) // 10.x forks, and says which child speaks
	noise  = regexp.MustCompile(`^% Can't open configuration file .*vtysh\.conf|^Configuration file\[.*\] processing failure: |^(sending configuration|done)$|^Waiting for children to finish |: XFRR_end_configuration$`)
	notice = regexp.MustCompile(`^% Refusing to remove a non-existent route` + // it is as it should be
		`|No changes found to be committed!$` + // entered again (10.x)
		`|^% Configuration applied with notes:$` + // before such a note (10.7)
		`|^The route-map '.*' does not exist\.$|^% ?Warning: |^Graceful restart configuration changed, `) // accepted
)

// configNode is CONFIG_NODE of enum node_type; the nodes below it are those where configuration is not accepted.
const configNode = 4

// maxMessage bounds FRR's words in one refusal; a YANG error repeats a long name many times.
const maxMessage = 1000

// lostContext explains a consequence that FRR does not: after a refused "router bgp …", its "exit" leaves configuration mode.
const lostContext = "this line and all after it were not run: a context above was refused, so its \"exit\" left configuration mode"

// parseOutput finds all that was refused in a run of vtysh. Of a number of lines that were not run, it names the first.
func parseOutput(out string, script []string) Refusals {
	var (
		refusals Refusals
		hide     = redactor(script)
		said     []string // by daemons, about a line that is not known yet
		lost     bool
	)
	add := func(line string, r Refusal) {
		if n, _ := strconv.Atoi(line); n > 0 && n <= len(script) {
			r.Line, r.Command = n, hide(strings.TrimSpace(script[n-1]))
		}
		r.Message = message(hide(r.Message)) // in this order: of a password that is cut off nobody knows that it is one
		refusals.add(&r)
	}
	flush := func() { // no line follows that it belongs to, so the command was accepted, or FRR says it was
		for _, text := range complaints(said) {
			add("", Refusal{Message: text})
		}
		said = nil
	}
	lose := func(line string) {
		if !lost {
			add(line, Refusal{Message: lostContext})
		}
		lost = true
	}
	for line := range strings.Lines(out) {
		line = child.ReplaceAllString(strings.TrimRight(line, "\r\n"), "")
		if noise.MatchString(line) || notice.MatchString(line) {
			continue
		}
		if m := daemonRefused.FindStringSubmatch(line); m != nil {
			status, _ := strconv.Atoi(m[2])
			add(m[1], Refusal{Daemon: m[3], Status: status, Message: strings.Join(said, "\n")})
			said = nil
		} else if m := vtyshRefused.FindStringSubmatch(line); m != nil {
			flush()
			if node, _ := strconv.Atoi(m[4]); node < configNode {
				lose(m[1])
			} else {
				add(m[1], Refusal{Status: vtyshStatus[m[3]], Message: "% " + m[3]})
			}
		} else if m := leftEarly.FindStringSubmatch(line); m != nil {
			flush()
			lose(m[1])
		} else if m := lineWarns.FindStringSubmatch(line); m != nil {
			add(m[1], Refusal{Status: statusWarning, Message: strings.Join(said, "\n")})
			said = nil
		} else if m := daemonDied.FindStringSubmatch(line); m != nil {
			flush()
			add("", Refusal{Daemon: m[1] + m[2], Died: true, Message: "the daemon ended, or closed the connection, before it had read everything"})
		} else {
			said = append(said, line)
		}
	}
	flush()
	return refusals
}

var vtyshStatus = map[string]int{
	"Unknown command": statusUnknown, "Ambiguous command": statusAmbiguous, "Command incomplete": statusIncomplete,
}

// complaints are the paragraphs that begin with "%": what FRR prints when it did not do what it was told, even with
// status 0, as after a failed northbound validation. Any other text is a remark.
func complaints(lines []string) []string {
	var texts []string
	for _, line := range lines {
		if strings.HasPrefix(line, "%") {
			texts = append(texts, line)
		} else if len(texts) > 0 {
			texts[len(texts)-1] += "\n" + line
		}
	}
	return texts
}

// message trims FRR's words: no blank lines, no repetition, and not too long.
func message(text string) string {
	var lines []string
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if line != "" && !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	text = strings.Join(lines, "\n")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
