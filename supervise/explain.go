package supervise

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/policy"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// notTaken explains to the user what FRR did not take of a script: the field,
// the command and FRR's words.
func (d *desired) notTaken(script []string, differences []plan.Difference, err error) *refusal {
	if isLocked(err) {
		return pending(err)
	}
	var said refusedCommand
	var sentences, untaken []string
	var about []plan.Command
	if isRefusal(err) && errors.As(err, &said) {
		_, message := said.Refused()
		command := lineOf(script, said)
		at := plan.Command{Context: contextOf(script, said.At()), Line: command}
		if command == "" {
			sentences = append(sentences, "FRR refuses a line that it does not name: "+message)
		} else {
			sentences = append(sentences, fmt.Sprintf("FRR refuses %q: %s", at, message))
		}
		about, untaken = append(about, at), append(untaken, command)
	} else if err != nil {
		sentences = append(sentences, "the configuration could not be entered: "+err.Error())
	}
	for _, diff := range differences {
		untaken = append(untaken, diff.Line)
	}
	const most = 3
	all := differences
	if said != nil && about[0].Peer() != "" { // which explains what else is missing of that peer
		differences = slices.DeleteFunc(slices.Clone(differences), func(d plan.Difference) bool { return d.Peer() == about[0].Peer() })
	}
	for i, diff := range differences {
		about = append(about, diff.Command)
		if i == most {
			sentences = append(sentences, fmt.Sprintf("and %d more", len(differences)-most))
			break
		}
		sentences = append(sentences, diff.String())
	}
	if hint := d.overridden(untaken); hint != "" {
		sentences = append(sentences, hint)
	}
	text := strings.Join(sentences, "; ")
	if err == nil {
		text = "FRR said nothing, but does not run what it was told: " + text
	}
	for _, command := range about {
		if field := d.fieldOf(command); field != "" {
			text = field + ": " + text
			break
		}
	}
	r := &refusal{outcome: status.OutcomeRefused, err: errors.New(text), final: err != nil, untaken: notTakenOf(script, all, err)}
	r.lines = refusedCommands(r.untaken, all)
	if err != nil && said == nil {
		r.outcome = status.OutcomePending // which is no fault of what is declared
	}
	return r
}

// notTakenOf are the commands that FRR did not take of a script: those that it
// refused, or else those that are missing afterwards.
func notTakenOf(script []string, differences []plan.Difference, err error) []plan.Command {
	var list []plan.Command
	if isRefusal(err) {
		for _, r := range refusalsIn(err) {
			list = append(list, plan.Command{Context: contextOf(script, r.At()), Line: lineOf(script, r)})
		}
		return list
	}
	for _, d := range differences {
		if d.Missing {
			list = append(list, d.Command)
		}
	}
	return list
}

// lineOf returns the command that FRR refused, "" if FRR does not name it. It is that
// of the script: what is printed of it may have passwords replaced.
func lineOf(script []string, r refusedCommand) string {
	command, _ := r.Refused()
	if n := r.At(); command != "" && n >= 1 && n <= len(script) {
		return strings.TrimSpace(script[n-1])
	}
	return command
}

// judge explains what vtysh said of a whole configuration. That it could not be
// asked is no refusal.
func (d *desired) judge(wanted string, err error) *refusal {
	if !isRefusal(err) {
		return pending(err)
	}
	return d.notTaken(strings.Split(wanted, "\n"), nil, err)
}

// contextOf are the commands that a line of a script stands in, from the
// outside in. The line is counted from 1.
func contextOf(script []string, line int) []string {
	if line < 1 || line > len(script) {
		return nil
	}
	indent := func(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }
	var context []string
	depth := indent(script[line-1])
	for i := line - 2; i >= 0 && depth > 0; i-- {
		if text := strings.TrimSpace(script[i]); text != "" && text[0] != '!' && indent(script[i]) < depth {
			depth = indent(script[i])
			context = append(context, text)
		}
	}
	slices.Reverse(context)
	return context
}

// fieldOf is the field of the spec that a command comes from, as far as that is
// known: a neighbor, a peer group, the policy of one, or a VRF; else "".
func (d *desired) fieldOf(command plan.Command) string {
	if d.config == nil {
		return ""
	}
	if peer := command.Peer(); peer != "" {
		if field := d.config.FieldOf(peer); field != "" {
			return field
		}
	}
	if field := d.settingOf(command); field != "" {
		return field
	}
	text := strings.Join(append(slices.Clone(command.Context), command.Line), " ")
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(word, render.NamePrefix) {
			if field := policyOf(d.config, word); field != "" {
				return field
			}
		}
	}
	if len(command.Context) > 0 {
		if _, device, ok := strings.Cut(command.Context[0], " vrf "); ok {
			for _, vrf := range d.config.VRFs {
				if vrf.Device == device {
					return "spec.vrfs, " + vrf.VRF
				}
			}
		}
	}
	return ""
}

// policyOf is the field of the session whose policy a route map, or a list that
// one consults, comes from; "" if it comes from none.
func policyOf(c *render.Config, name string) string {
	for _, m := range c.Policies {
		if m.Name != name && !slices.ContainsFunc(m.Lists, func(l policy.List) bool { return l.Name == name }) {
			continue
		}
		for _, i := range c.Instances() {
			for _, n := range i.Neighbors {
				if way := directionOf(n.Session, m.Name); way != "" {
					return n.Path + ", " + way
				}
			}
			for _, g := range i.PeerGroups {
				if way := directionOf(g.Session, m.Name); way != "" {
					return g.Path + ", " + way
				}
			}
		}
	}
	return ""
}

// directionOf says which policy of a session a route map is.
func directionOf(s render.Session, routeMap string) string {
	for _, f := range s.Families {
		switch routeMap {
		case f.Import:
			return "import policy"
		case f.Export:
			return "export policy"
		}
	}
	return ""
}
