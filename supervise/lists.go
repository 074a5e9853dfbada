package supervise

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// kernelMap begins the names of the route maps that zebra asks.
const kernelMap = "route-map " + render.NamePrefix + "KERNEL"

var (
	listLine  = regexp.MustCompile(`^((?:ip|ipv6) prefix-list ` + render.NamePrefix + `\S+) seq (\d+) `)
	mapLine   = regexp.MustCompile(`^(route-map ` + render.NamePrefix + `\S+) \S+ (\d+)$`)
	shownLine = regexp.MustCompile(`(?m)^ *(?:\S+, sequence|seq) (\d+) `)
)

// strayLists finds the lists and route maps that a daemon lacks entries of.
// Each daemon has its own, and vtysh shows a line that any of them has: after
// the death of bgpd, zebra's are shown, less the lines that zebra does not know.
func (s *Supervisor) strayLists(ctx context.Context, d *desired) ([]stray, error) {
	wanted := d.text.Reveal()
	numbers, lines := lists(wanted)
	lacking := map[string]bool{}
	own, err := s.Router.Show(ctx, "bgpd", "show running-config")
	if err != nil {
		return nil, err
	}
	for _, diff := range plan.Differences(string(own), wanted) {
		if strings.HasPrefix(diff.Line, "match source-protocol ") {
			continue // bgpd knows it from 10.x on
		}
		for name := range lines {
			if diff.Missing && strings.HasPrefix(name, "route-map ") && strings.HasPrefix(strings.Join(append(diff.Context, diff.Line), " "), name+" ") {
				lacking[name] = true
			}
		}
	}
	for name, wanted := range numbers {
		daemon := "bgpd"
		switch {
		case strings.HasPrefix(name, kernelMap):
			daemon = "zebra"
		case strings.HasPrefix(name, "route-map "):
			continue
		}
		answer, err := s.Router.Show(ctx, daemon, "show "+name)
		if err != nil {
			return nil, err
		}
		var shown []string
		for _, m := range shownLine.FindAllStringSubmatch(string(answer), -1) {
			shown = append(shown, m[1])
		}
		if slices.ContainsFunc(wanted, func(n string) bool { return !slices.Contains(shown, n) }) {
			lacking[name] = true
		}
	}
	var found []stray
	for _, name := range slices.Sorted(maps.Keys(lacking)) {
		found = append(found, stray{"a daemon lacks lines of " + name, lines[name]})
	}
	return found, nil
}

// lists returns the numbers of the entries of each list and route map of a
// configuration, and their lines.
func lists(text string) (numbers, lines map[string][]string) {
	numbers, lines = map[string][]string{}, map[string][]string{}
	within := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		m := mapLine.FindStringSubmatch(line)
		if m != nil {
			within = m[1]
		} else {
			m = listLine.FindStringSubmatch(line)
		}
		switch {
		case m != nil:
			numbers[m[1]] = append(numbers[m[1]], m[2])
			lines[m[1]] = append(lines[m[1]], line)
		case within != "":
			lines[within] = append(lines[within], line)
			if line == "exit" {
				within = ""
			}
		}
	}
	return numbers, lines
}
