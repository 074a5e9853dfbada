package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// family is how FRR is asked about IPv4 or IPv6.
type family struct {
	command string // of the configuration and of show: "ip" or "ipv6"
	table   string // of bgpd: "ipv4" or "ipv6"
	is4     bool
}

var families = []family{{"ip", "ipv4", true}, {"ipv6", "ipv6", false}}

// strayRequests finds the families for which bgpd has not asked zebra for routes.
func (s *Supervisor) strayRequests(ctx context.Context, d *desired) ([]stray, error) {
	told, err := s.zebraClients(ctx)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, f := range families {
		if len(d.expected(f)) > 0 && told[f] == 0 {
			found = append(found, stray{"bgpd hears of no route from zebra, " + f.table, redistribution(d.text.Reveal())})
		}
	}
	return found, nil
}

// strayStatics finds the mirrored routes that zebra lacks, and routes of ours
// that it has beside them.
func (s *Supervisor) strayStatics(ctx context.Context, d *desired) ([]stray, error) {
	var found []stray
	for _, f := range families {
		expected := d.expected(f)
		count, err := s.countStatics(ctx, f)
		if err != nil {
			return nil, err
		}
		if count == len(expected) && s.proof.due == 0 {
			continue
		}
		there, err := s.ourStatics(ctx, d, f)
		if err != nil {
			return nil, err
		}
		for _, m := range expected {
			if _, has := there[m.Prefix]; !has {
				found = append(found, stray{"zebra lacks the static route " + m.Prefix.String(), []string{"no " + static(f, m.Prefix, m.Interface)}})
			}
			delete(there, m.Prefix)
		}
		for _, m := range d.config.Import.Mirrored {
			delete(there, m.Prefix) // its interface is down, which zebra may yet have to hear
		}
		for p, iface := range there {
			found = append(found, stray{"zebra has the static route " + p.String(), []string{static(f, p, iface)}})
		}
	}
	return found, nil
}

func static(f family, p netip.Prefix, iface string) string {
	return fmt.Sprintf("%s route %s %s tag %d", f.command, p, iface, render.Tag)
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

// countStatics counts the static routes in zebra's RIB, selected or not. The
// summary costs the same whatever the size of the RIB.
func (s *Supervisor) countStatics(ctx context.Context, f family) (int, error) {
	var summary struct {
		Routes []struct {
			Type string `json:"type"`
			RIB  int    `json:"rib"`
		} `json:"routes"`
	}
	if err := s.show(ctx, "zebra", "show "+f.command+" route summary json", &summary); err != nil {
		return 0, err
	}
	for _, r := range summary.Routes {
		if r.Type == "static" {
			return r.RIB, nil
		}
	}
	return 0, nil
}

// ourStatics returns the static routes in zebra's RIB, with their interfaces,
// that have our tag, or that leave by an import interface and are nobody's: a
// zebra that was killed leaves routes in the kernel, and its successor (10.x)
// takes them for static routes without a tag.
func (s *Supervisor) ourStatics(ctx context.Context, d *desired, f family) (map[netip.Prefix]string, error) {
	running, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	var table map[netip.Prefix][]struct {
		Tag      uint32 `json:"tag"`
		Nexthops []struct {
			Interface string `json:"interfaceName"`
		} `json:"nexthops"`
	}
	if err := s.show(ctx, "zebra", "show "+f.command+" route static json", &table); err != nil {
		return nil, err
	}
	list := map[netip.Prefix]string{}
	for p, routes := range table {
		for _, r := range routes {
			if len(r.Nexthops) == 0 {
				continue
			}
			iface := r.Nexthops[0].Interface
			imported := slices.ContainsFunc(d.links, func(l render.Link) bool { return l.Name == iface })
			somebodys := strings.Contains(running, "\n"+f.command+" route "+p.String()+" ")
			if r.Tag == render.Tag || imported && !somebodys {
				list[p] = iface
			}
		}
	}
	return list, nil
}

// show has a daemon answer in JSON.
func (s *Supervisor) show(ctx context.Context, daemon, command string, answer any) error {
	text, err := s.Router.Show(ctx, daemon, command)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s: the answer of %s is not understood: %w", command, daemon, err)
	}
	return nil
}

var redistributedCount = regexp.MustCompile(`(?m)^Redist:v([46]) +(\d+)`)

// zebraClients says how many routes zebra has told bgpd about, and is an error
// while staticd or bgpd has no connection to zebra.
func (s *Supervisor) zebraClients(ctx context.Context) (map[family]int, error) {
	answer, err := s.Router.Show(ctx, "zebra", "show zebra client")
	if err != nil {
		return nil, err
	}
	told := map[family]int{}
	seen := map[string]bool{}
	for _, block := range strings.Split(string(answer), "Client: ") {
		name, _, _ := strings.Cut(block, "\n")
		name = strings.TrimSpace(name)
		seen[name] = true
		if name != "bgp" {
			continue
		}
		for _, m := range redistributedCount.FindAllStringSubmatch(block, -1) {
			n, _ := strconv.Atoi(m[2])
			for _, f := range families {
				if f.is4 == (m[1] == "4") {
					told[f] += n
				}
			}
		}
	}
	for _, name := range []string{"static", "bgp"} {
		if !seen[name] {
			return nil, fmt.Errorf("FRR's %sd has no connection to zebra; after zebra's start it takes up to 10 seconds", name)
		}
	}
	return told, nil
}

// attached is an error while daemons that mgmtd (10.x) configures have no
// connection to it: it would take their lines and lose them.
func (s *Supervisor) attached(ctx context.Context) error {
	dialect, err := s.dialectOf(ctx)
	if err != nil {
		return err
	}
	answer, err := s.Router.Show(ctx, "mgmtd", "show mgmt backend-adapter all")
	if err != nil {
		return err
	}
	daemons := []string{"staticd"}
	if dialect.LocalRoutes { // since the same version
		daemons = append(daemons, "zebra")
	}
	for _, name := range daemons {
		if !strings.Contains(string(answer), name) {
			return fmt.Errorf("FRR's %s has no connection to mgmtd", name)
		}
	}
	return nil
}
