package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
)

// VRF is a BGP instance for a VRF device of the kernel.
type VRF struct {
	Instance
	// Path is the field: spec.vrfs[0].
	Path string
}

// VPN is the part that an instance takes in BGP/MPLS VPNs (RFC 4364). Without
// route targets it takes none.
type VPN struct {
	// RD is the route distinguisher of exported routes.
	RD string
	// ImportRT and ExportRT are the route targets, sorted, in FRR's spelling.
	ImportRT, ExportRT []string
}

// deviceOf is the kernel's VRF device for a VRF, by whose name FRR knows it.
func deviceOf(vrf *v1.VRF) string {
	if e := vrf.NetlinkExport; e != nil && e.LinuxVRF != "" {
		return e.LinuxVRF
	}
	return vrf.Name
}

// vrfs resolves the instances of VRFs, by device. What they have in common with
// the default one is as it is there.
func (r *resolver) vrfs(c *Config) []VRF {
	r.strayNeighbors()
	var out []VRF
	for i := range r.spec.VRFs {
		declared, path := &r.spec.VRFs[i], "spec.vrfs["+strconv.Itoa(i)+"]"
		v := VRF{Path: path, Instance: Instance{VRF: declared.Name, Device: deviceOf(declared), Speaker: r.speaker()}}
		// FRR exchanges the other families in the default instance only.
		for _, f := range unicast {
			if slices.Contains(c.Families, f) {
				v.Families = append(v.Families, f)
			}
		}
		v.VPN = r.vpn(path, declared, c)
		v.Export = r.vrfExport(path, declared)
		r.sessions(&v.Instance)
		v.Import = r.imports(&v.Instance, r.vrfImport(path, declared)...)
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b VRF) int { return cmp.Compare(a.Device, b.Device) })
	return out
}

// vrfImport is what a VRF imports: what the VRF says, and the speaker of it.
func (r *resolver) vrfImport(path string, declared *v1.VRF) []importing {
	var out []importing
	if d := declared.NetlinkImport; d != nil && d.Enabled {
		out = append(out, importing{path + ".netlinkImport", d.InterfaceList})
	}
	if d := r.spec.NetlinkImport; d != nil && d.Enabled && d.VRF == declared.Name {
		out = append(out, importing{"spec.netlinkImport", d.InterfaceList})
	}
	return out
}

// strayNeighbors tells of neighbors in VRFs that there are not.
func (r *resolver) strayNeighbors() {
	for i := range r.spec.Neighbors {
		n, path := &r.spec.Neighbors[i], "spec.neighbors["+strconv.Itoa(i)+"]"
		if name := n.Config.VRF; name != "" && !r.hasVRF(name) && r.selected(path, n.NodeSelector) {
			r.leaveOut(path+".config.vrf", "NoVRF", "there is no VRF %q in spec.vrfs, so this neighbor is left out", name)
		}
	}
}

func (r *resolver) hasVRF(name string) bool {
	return slices.ContainsFunc(r.spec.VRFs, func(v v1.VRF) bool { return v.Name == name })
}

// vpn resolves what a VRF exchanges with VPNs.
func (r *resolver) vpn(path string, declared *v1.VRF, c *Config) VPN {
	out := VPN{ImportRT: routeTargets(declared.ImportRT), ExportRT: routeTargets(declared.ExportRT)}
	if declared.RD != "" {
		out.RD, _ = validate.Distinguisher(declared.RD) // validate has read it
	}
	if out.RD == "" && len(out.ExportRT) > 0 {
		r.note(path+".exportRt", "NoRD", "has no effect without rd, so no VPN routes are exported")
		out.ExportRT = nil
	}
	if out.RD != "" && len(out.ImportRT)+len(out.ExportRT) == 0 {
		r.note(path+".rd", "NoRouteTargets", "has no effect without importRt or exportRt: no VPN routes are exchanged")
	}
	exchanged := slices.Contains(c.Families, v1.IPv4VPN) || slices.Contains(c.Families, v1.IPv6VPN)
	if len(out.ImportRT)+len(out.ExportRT) > 0 && !exchanged {
		r.note(path, "FamilyNotEnabled", "neither ipv4-vpn nor ipv6-vpn is among spec.global.families, so VPN routes are exchanged between the VRFs of this node only")
	}
	if len(out.ImportRT) > 0 && exchanged && !r.in.Dialect.UnlabeledPaths {
		r.note(path+".importRt", "NeedsLabeledPath", "this version of FRR uses a VPN route of another node only where a labeled path leads to that node, by LDP or segment routing")
	}
	return out
}

// routeTargets are in FRR's spelling, sorted, each once.
func routeTargets(declared []string) []string {
	var out []string
	for _, s := range declared {
		target, _ := validate.Distinguisher(s) // validate has read it
		out = append(out, target)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// vpnLines are those of a VRF's address family, in the order and the form in
// which FRR shows them.
func (i *Instance) vpnLines() []string {
	v := i.VPN
	var out []string
	if m := i.marking(); len(v.ImportRT) > 0 && m.Name != "" {
		out = append(out, "route-map vpn import "+m.Name)
	}
	if len(v.ExportRT) > 0 {
		out = append(out, "label vpn export auto", "rd vpn export "+v.RD)
	}
	switch imported, exported := strings.Join(v.ImportRT, " "), strings.Join(v.ExportRT, " "); {
	case imported == exported && imported != "":
		out = append(out, "rt vpn both "+imported)
	default:
		if imported != "" {
			out = append(out, "rt vpn import "+imported)
		}
		if exported != "" {
			out = append(out, "rt vpn export "+exported)
		}
	}
	if len(v.ExportRT) > 0 {
		out = append(out, "export vpn")
	}
	if len(v.ImportRT) > 0 {
		out = append(out, "import vpn")
	}
	return out
}

// named is the name of something that each instance has for itself.
func (i *Instance) named(name string) string {
	if i.Device == "" {
		return name
	}
	return name + "-" + i.Device
}
