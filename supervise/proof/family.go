package proof

import (
	"fmt"
	"net/netip"

	"github.com/k8frr/k8frr/render"
)

// family is how FRR is asked about IPv4 or IPv6.
type family struct {
	command string // of the configuration and of show: "ip" or "ipv6"
	table   string // of bgpd: "ipv4" or "ipv6"
	is4     bool
}

var families = []family{{"ip", "ipv4", true}, {"ipv6", "ipv6", false}}

// expected are the mirrored routes of an instance and a family that zebra must
// have: those of interfaces that are up.
func (c Claim) expected(i *render.Instance, f family) []render.Mirrored {
	up := map[string]bool{}
	for _, l := range c.Links {
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

// static are the commands that enter a mirrored route of an instance, or, with
// "no ", take it back.
func static(i *render.Instance, f family, no string, p netip.Prefix, iface string) []string {
	return staticAt(i, f, no, p, iface, render.StaticDistance)
}

// staticAt are the commands for a route of another distance than that of
// mirrored ones.
func staticAt(i *render.Instance, f family, no string, p netip.Prefix, iface string, distance int) []string {
	route := fmt.Sprintf("%s%s route %s %s tag %d", no, f.command, p, iface, render.Tag)
	if distance != 1 { // FRR's default, which it does not show
		route += fmt.Sprintf(" %d", distance)
	}
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
