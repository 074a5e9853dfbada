package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// errFRRDiffers says that FRR did not do what its configuration says. It is
// looked at again soon.
var errFRRDiffers = errors.New("FRR does not do what its configuration says, which is being corrected")

// proof is what is known of what FRR makes of its configuration.
type proof struct {
	// given says that the running configuration, as last read, is what FRR
	// does.
	given bool
	// due is how often bgpd's paths are yet to be listed. That costs bgpd a
	// walk through its table, so it is done at the start, when a daemon came
	// or went, and at every resync.
	due int
	// suspects are the prefixes that were amiss the last time. bgpd lags
	// behind zebra, so that only those are amiss that stay it.
	suspects map[netip.Prefix]bool
}

// looks is how often bgpd's paths are listed in one go: to find suspects, to
// correct what stays amiss, and to see that it is corrected.
const looks = 3

// strayPaths compares the paths that bgpd originates with the mirrored
// prefixes, and returns commands that correct it: what is missing is asked of
// zebra again, and what should be gone gets a static route, whose removal
// takes it away.
func (s *Supervisor) strayPaths(ctx context.Context, d *desired) ([]string, error) {
	s.proof.due--
	amiss := map[netip.Prefix]bool{}
	var script []string
	for _, f := range families {
		originated, err := s.originated(ctx, f)
		if err != nil {
			return nil, err
		}
		missing := false
		for _, m := range d.expected(f) {
			if !originated[m.Prefix] {
				amiss[m.Prefix] = true
				missing = missing || s.proof.suspects[m.Prefix]
			}
			delete(originated, m.Prefix)
		}
		if missing {
			script = append(script, redistribution(d.text.Reveal())...)
		}
		for p := range originated {
			amiss[p] = true
			if s.proof.suspects[p] {
				script = append(script, static(f, p, d.standIn()))
			}
		}
	}
	s.proof.suspects = amiss
	if len(amiss) == 0 {
		s.proof.due = 0
	} else if len(script) == 0 && s.proof.due > 0 {
		s.mirrored = s.running // to look again soon
	}
	if len(script) > 0 {
		s.Log.Warn("what bgpd originates is not what is mirrored, which is corrected", "prefixes", len(amiss))
	}
	return script, nil
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
	err := s.show(ctx, "bgpd", "show bgp "+f.table+" unicast route-map "+render.NamePrefix+"ORIGINATED json", &table)
	if err != nil {
		return nil, err
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
