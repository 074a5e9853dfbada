package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// strayPaths compares the paths that bgpd originates with the mirrored
// prefixes. What is missing is asked of zebra again. What should be gone gets a
// static route, whose removal takes it away.
//
// To list the paths costs bgpd a walk through its table, which must be small
// for that.
func (s *Supervisor) strayPaths(ctx context.Context, d *desired) ([]stray, error) {
	summary, err := s.summary(ctx)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, f := range families {
		if summary[f.table+"Unicast"].Size > status.Walkable {
			continue
		}
		originated, err := s.originated(ctx, f)
		if err != nil {
			return nil, err
		}
		missing := false
		for _, m := range d.expected(f) {
			missing = missing || !originated[m.Prefix]
			delete(originated, m.Prefix)
		}
		if missing {
			found = append(found, stray{"bgpd lacks mirrored prefixes, " + f.table, redistribution(d.text.Reveal())})
		}
		for p := range originated {
			found = append(found, stray{"bgpd originates " + p.String(), []string{static(f, p, d.standIn())}})
		}
	}
	return found, nil
}

// standIn is an interface for a route that is to be removed at once.
func (d *desired) standIn() string {
	if i := slices.IndexFunc(d.links, func(l render.Link) bool { return l.Up }); i >= 0 {
		return d.links[i].Name
	}
	return "Null0"
}

// originated returns the prefixes that bgpd has from this node's import.
func (s *Supervisor) originated(ctx context.Context, f family) (map[netip.Prefix]bool, error) {
	var table struct {
		Routes map[netip.Prefix]json.RawMessage `json:"routes"`
	}
	command := "show bgp " + f.table + " unicast route-map " + render.NamePrefix + "ORIGINATED json"
	answer, err := s.Router.Show(ctx, "bgpd", command)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(answer), "{") {
		return nil, nil // bgpd lacks the route map
	}
	if err := json.Unmarshal(answer, &table); err != nil {
		return nil, fmt.Errorf("%s: bgpd's answer is not understood: %w", command, err)
	}
	prefixes := make(map[netip.Prefix]bool, len(table.Routes))
	for p := range table.Routes {
		prefixes[p] = true
	}
	return prefixes, nil
}

// redistribution is the part of a configuration by which bgpd asks zebra for
// routes. Entered again it changes nothing, but bgpd asks a zebra that it has
// not asked yet.
func redistribution(text string) []string {
	var script []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		word := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "router bgp "):
			inside = true
		case !inside:
			continue
		case line == "exit":
			inside = false
		case !strings.HasPrefix(word, "address-family ") && !strings.HasPrefix(word, "redistribute ") && word != "exit-address-family":
			continue
		}
		script = append(script, line)
	}
	return script
}
