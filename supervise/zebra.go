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
// zebra does not say of which VRF they are.
func (s *Supervisor) strayRequests(ctx context.Context, d *desired) ([]stray, error) {
	told, err := s.zebraClients(ctx)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, f := range families {
		expected := 0
		for _, i := range d.config.Instances() {
			expected += len(d.expected(i, f))
		}
		if expected > 0 && told[f] == 0 {
			found = append(found, stray{what: "bgpd hears of no route from zebra, " + f.table, remedy: redistribution(d.text.Reveal())})
		}
	}
	return found, nil
}

// strayStatics finds the mirrored routes that zebra lacks, and routes of ours
// that it has beside them.
func (s *Supervisor) strayStatics(ctx context.Context, d *desired) ([]stray, error) {
	var found []stray
	for _, i := range d.config.Instances() {
		for _, f := range families {
			inVRF, err := s.straysOf(ctx, d, i, f)
			if err != nil {
				return nil, err
			}
			found = append(found, inVRF...)
		}
	}
	return found, nil
}

func (s *Supervisor) straysOf(ctx context.Context, d *desired, i *render.Instance, f family) ([]stray, error) {
	expected := d.expected(i, f)
	count, err := s.countStatics(ctx, i, f)
	if err != nil || count == len(expected) && s.proof.due == 0 {
		return nil, err
	}
	there, err := s.ourStatics(ctx, d, i, f)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, m := range expected {
		if _, has := there[m.Prefix]; !has {
			found = append(found, stray{what: "zebra lacks the static route " + m.Prefix.String() + inVRF(i), remedy: static(i, f, "no ", m.Prefix, m.Interface)})
		}
		delete(there, m.Prefix)
	}
	for _, m := range i.Import.Mirrored {
		delete(there, m.Prefix) // its interface is down, which zebra may yet have to hear
	}
	for p, iface := range there {
		found = append(found, stray{what: "zebra has the static route " + p.String() + inVRF(i), remedy: static(i, f, "", p, iface)})
	}
	return found, nil
}

// static are the commands that enter a mirrored route of an instance, or, with
// "no ", take it back.
func static(i *render.Instance, f family, no string, p netip.Prefix, iface string) []string {
	route := fmt.Sprintf("%s%s route %s %s tag %d", no, f.command, p, iface, render.Tag)
	if i.Device == "" {
		return []string{route}
	}
	return []string{"vrf " + i.Device, route, "exit-vrf"}
}

func inVRF(i *render.Instance) string {
	if i.Device == "" {
		return ""
	}
	return " in VRF " + i.Device
}

// ofVRF is how show commands name the VRF of an instance: `show ip route vrf X`.
func ofVRF(i *render.Instance) string {
	if i.Device == "" {
		return ""
	}
	return " vrf " + i.Device
}

// expected are the mirrored routes of an instance and a family that zebra must
// have: those of interfaces that are up.
func (d *desired) expected(i *render.Instance, f family) []render.Mirrored {
	up := map[string]bool{}
	for _, l := range d.links {
		up[l.Name] = l.Up
	}
	var list []render.Mirrored
	for _, m := range i.Import.Mirrored {
		if up[m.Interface] && m.Prefix.Addr().Is4() == f.is4 {
			list = append(list, m)
		}
	}
	return list
}

// countStatics counts the static routes in zebra's RIB, selected or not. The
// summary costs the same whatever the size of the RIB. A VRF without a device
// has none.
func (s *Supervisor) countStatics(ctx context.Context, i *render.Instance, f family) (int, error) {
	var summary struct {
		Routes []struct {
			Type string `json:"type"`
			RIB  int    `json:"rib"`
		} `json:"routes"`
	}
	command := "show " + f.command + " route" + ofVRF(i) + " summary json"
	answer, err := s.Router.Show(ctx, "zebra", command)
	if err != nil || i.Device != "" && strings.HasPrefix(string(answer), "% VRF ") { // "… not active", "… not found"
		return 0, err
	}
	if err := understand(answer, &summary, "zebra", command); err != nil {
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
func (s *Supervisor) ourStatics(ctx context.Context, d *desired, i *render.Instance, f family) (map[netip.Prefix]string, error) {
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
	if err := s.show(ctx, "zebra", "show "+f.command+" route"+ofVRF(i)+" static json", &table); err != nil {
		return nil, err
	}
	entered := "\n"
	if i.Device != "" {
		entered = "\n " // in the context of a VRF
	}
	list := map[netip.Prefix]string{}
	for p, routes := range table {
		for _, r := range routes {
			if len(r.Nexthops) == 0 {
				continue
			}
			iface := r.Nexthops[0].Interface
			imported := slices.ContainsFunc(d.links, func(l render.Link) bool { return l.Name == iface && l.VRF == i.Device })
			somebodys := func() bool { return strings.Contains(running, entered+f.command+" route "+p.String()+" ") } // slow
			if r.Tag == render.Tag || imported && !somebodys() {
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
	return understand(text, answer, daemon, command)
}

func understand(text []byte, answer any, daemon, command string) error {
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
