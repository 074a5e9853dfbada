package proof

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// share is what a daemon must have of a configuration. Each daemon has route
// maps and lists of its own, and the running configuration shows a line that any
// of them has: one that a daemon refused, or lost when it was restarted, is
// shown as long as another one has it.
type share struct {
	daemon string
	// of reports whether a line is of the share, by the outermost command that it
	// stands in, but for a VRF.
	of func(outermost string) bool
}

// shares are those of the daemons that have lines in common. What zebra is told
// of the kernel's table goes through mgmtd from 10.x on, static routes, too.
func shares(dialect *render.Dialect) []share {
	begins := func(line string, prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p) })
	}
	bgpd := share{"bgpd", func(outermost string) bool {
		return begins(outermost, "router bgp ", "bgp ") ||
			begins(outermost, "route-map "+render.NamePrefix, "ip prefix-list "+render.NamePrefix, "ipv6 prefix-list "+render.NamePrefix) &&
				!begins(outermost, kernelMap)
	}}
	kernel := []string{kernelMap, "ip protocol ", "ipv6 protocol "}
	if !dialect.LocalRoutes {
		return []share{bgpd, {"zebra", func(outermost string) bool { return begins(outermost, kernel...) }}}
	}
	kernel = append(kernel, "ip route ", "ipv6 route ")
	return []share{bgpd, {"mgmtd", func(outermost string) bool { return begins(outermost, kernel...) }}}
}

// kernelMap begins the names of the route maps that zebra asks.
const kernelMap = "route-map " + render.NamePrefix + "KERNEL"

// Lacking are the steps that would give each daemon, as it shows itself, what it
// lacks of its share of a configuration.
func Lacking(shown map[string]string, wanted string, dialect *render.Dialect) map[string]*plan.Plan {
	list := map[string]*plan.Plan{}
	for _, share := range shares(dialect) {
		p := &plan.Plan{}
		for _, step := range plan.Between(shown[share.daemon], wanted).Steps {
			outermost := append(slices.Clone(step.Context), step.Line)
			if strings.HasPrefix(outermost[0], "vrf ") {
				outermost = outermost[1:]
			}
			if !strings.HasPrefix(step.Line, "no ") && len(outermost) > 0 && share.of(outermost[0]) {
				p.Steps = append(p.Steps, step)
			}
		}
		if !p.Empty() {
			list[share.daemon] = p
		}
	}
	return list
}

// strayLines finds the daemons that lack lines of their share.
func (pr *Proof) strayLines(ctx context.Context, c Claim) ([]stray, error) {
	lacking := Lacking(c.Shown, c.Text, c.Dialect)
	var found []stray
	for _, daemon := range slices.Sorted(maps.Keys(lacking)) {
		found = append(found, stray{what: daemon + " lacks lines that are shown: " + plan.Summary(lacking[daemon].Differences()), remedy: lacking[daemon].Script()})
	}
	asked, err := pr.strayMaps(ctx, c.Text)
	return append(found, asked...), err
}

var (
	mapLine   = regexp.MustCompile(`^(` + kernelMap + `\S*) \S+ (\d+)$`)
	shownLine = regexp.MustCompile(`(?m)^ *\S+, sequence (\d+) `)
)

// strayMaps finds the route maps that zebra lacks entries of, which from 10.x on
// only zebra itself tells.
func (pr *Proof) strayMaps(ctx context.Context, wanted string) ([]stray, error) {
	numbers, lines := kernelMaps(wanted)
	var found []stray
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		answer, err := pr.router.Show(ctx, "zebra", "show "+name)
		if err != nil {
			return nil, err
		}
		var shown []string
		for _, m := range shownLine.FindAllStringSubmatch(string(answer), -1) {
			shown = append(shown, m[1])
		}
		if slices.ContainsFunc(numbers[name], func(n string) bool { return !slices.Contains(shown, n) }) {
			found = append(found, stray{what: fmt.Sprintf("zebra lacks entries of %s", name), remedy: lines[name]})
		}
	}
	return found, nil
}

// kernelMaps returns the numbers of the entries of each route map that zebra
// asks, and their lines.
func kernelMaps(text string) (numbers, lines map[string][]string) {
	numbers, lines = map[string][]string{}, map[string][]string{}
	within := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := mapLine.FindStringSubmatch(line); m != nil {
			within = m[1]
			numbers[within] = append(numbers[within], m[2])
		}
		if within == "" {
			continue
		}
		lines[within] = append(lines[within], line)
		if line == "exit" {
			within = ""
		}
	}
	return numbers, lines
}
