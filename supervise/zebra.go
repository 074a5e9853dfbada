package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/k8frr/k8frr/render"
)

// family is how zebra is asked about IPv4 or IPv6.
type family struct {
	command string // of the configuration and of show: "ip" or "ipv6"
	is4     bool
}

var families = []family{{"ip", true}, {"ipv6", false}}

// reenter enters the mirrored routes again that FRR's configuration has and
// zebra has not. On FRR 10.x the configuration is mgmtd's and can hold routes
// that never reached staticd; entering them as they are does nothing then,
// because mgmtd sees no difference.
func (s *Supervisor) reenter(ctx context.Context, d *desired) error {
	if d.config == nil {
		return nil
	}
	var script []string
	for _, f := range families {
		expected := d.expected(f)
		if len(expected) == 0 {
			continue
		}
		count, err := s.staticsInZebra(ctx, f)
		if err != nil {
			return err
		}
		if count >= len(expected) {
			continue
		}
		for _, m := range expected {
			there, err := s.inZebra(ctx, f, m.Prefix)
			if err != nil {
				return err
			}
			if !there {
				line := fmt.Sprintf("%s route %s %s tag %d", f.command, m.Prefix, m.Interface, render.Tag)
				script = append(script, "no "+line, line)
			}
		}
	}
	if len(script) == 0 {
		return nil
	}
	s.Log.Warn("zebra lacks mirrored routes that the configuration has; they are entered again", "routes", len(script)/2)
	return s.Router.Apply(ctx, script)
}

// expected are the mirrored routes of a family that zebra must have: those of
// interfaces that are up.
func (d *desired) expected(f family) []render.Mirrored {
	up := map[string]bool{}
	for _, l := range d.links {
		up[l.Name] = l.Up
	}
	var list []render.Mirrored
	for _, m := range d.config.Import.Mirrored {
		if up[m.Interface] && m.Prefix.Addr().Is4() == f.is4 {
			list = append(list, m)
		}
	}
	return list
}

// staticsInZebra counts the static routes in zebra's RIB, selected or not. The
// summary costs the same whatever the size of the RIB.
func (s *Supervisor) staticsInZebra(ctx context.Context, f family) (int, error) {
	command := "show " + f.command + " route summary json"
	answer, err := s.Router.Show(ctx, "zebra", command)
	if err != nil {
		return 0, err
	}
	var summary struct {
		Routes []struct {
			Type string `json:"type"`
			RIB  int    `json:"rib"`
		} `json:"routes"`
	}
	if err := json.Unmarshal(answer, &summary); err != nil {
		return 0, fmt.Errorf("%s: zebra's answer is not understood: %w", command, err)
	}
	for _, r := range summary.Routes {
		if r.Type == "static" {
			return r.RIB, nil
		}
	}
	return 0, nil
}

// inZebra says whether zebra has a static route for a prefix.
func (s *Supervisor) inZebra(ctx context.Context, f family, p netip.Prefix) (bool, error) {
	command := "show " + f.command + " route " + p.String() + " json"
	answer, err := s.Router.Show(ctx, "zebra", command)
	if err != nil {
		return false, err
	}
	var routes map[string][]struct {
		Protocol string `json:"protocol"`
	}
	if err := json.Unmarshal(answer, &routes); err != nil {
		return false, fmt.Errorf("%s: zebra's answer is not understood: %w", command, err)
	}
	for _, r := range routes[p.String()] {
		if r.Protocol == "static" {
			return true, nil
		}
	}
	return false, nil
}
