package status

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// What FRR gives a BGP route in the kernel, whatever is declared.
const (
	KernelProtocol = 186 // RTPROT_BGP
	kernelMetric   = 20
	mainTable      = 254 // RT_TABLE_MAIN
)

// Tables are the kernel's tables that the instances of a configuration install routes into, where that is known: a VRF's
// own is that of the device.
func Tables(c *render.Config, links []render.Link) []uint32 {
	var out []uint32
	for _, i := range c.Instances() {
		out = append(out, tables(i, links)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func tables(i *render.Instance, links []render.Link) []uint32 {
	var out []uint32
	for _, t := range i.Export.Targets {
		switch table := t.Table; {
		case table != 0:
			out = append(out, table)
		case i.Device == "":
			out = append(out, mainTable)
		default:
			for _, l := range links {
				if l.VRF == i.Device && l.Table != 0 {
					out = append(out, l.Table)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// netlinkExport says what is put into the kernel: the rules as they run, what the kernel has in their tables, and what is
// selected for them and not there.
func (b *builder) netlinkExport() *v1.NetlinkExportStatus {
	export := b.config.Export
	out := &v1.NetlinkExportStatus{Enabled: export.Enabled}
	if !out.Enabled {
		return out
	}
	out.Protocol = KernelProtocol
	for _, rule := range export.Rules {
		out.Rules = append(out.Rules, v1.ExportRuleStatus{Name: rule.Name, Metric: kernelMetric, TableID: int32(cmp.Or(rule.Table, mainTable))})
	}
	if b.Snapshot == nil || b.Snapshot.Kernel == nil {
		return out
	}
	kernel := b.Snapshot.Kernel
	own := tables(&b.config.Instance, b.Links)
	there := map[netip.Prefix]bool{}
	var installed []v1.ExportedRoute
	for _, r := range kernel.Installed {
		if slices.Contains(own, r.Table) {
			there[r.Prefix] = true
			installed = append(installed, v1.ExportedRoute{Prefix: r.Prefix.String(), Table: tableName(r.Table), Metric: r.Metric, Installed: true})
		}
	}
	// What is not there comes first, so that it is listed in any case.
	out.ExportedRoutes = b.notInstalled(there)
	total := int64(len(out.ExportedRoutes))
	for _, table := range own {
		total += kernel.Counts[table]
	}
	out.ExportedRoutes = append(out.ExportedRoutes, installed...)
	out.ExportedRoutes = out.ExportedRoutes[:min(len(out.ExportedRoutes), v1.MaxExportedRoutes)]
	out.TotalExported = count(total)
	out.Truncated = total > int64(len(out.ExportedRoutes))
	return out
}

// Selected reports whether a rule of netlinkExport selects a prefix, which FRR has marked then, and, if it cannot be
// installed, for what reason that bgpd knows.
func (p Prefix) Selected() (reason string, selected bool) {
	if best, ok := p.Best(); ok {
		return "", best.Tag == render.KernelTag
	}
	for _, path := range p.Paths {
		if path.Tag == render.KernelTag && path.Unreachable {
			return nextHopUnreachable + path.NextHop, true
		}
	}
	return "", false
}

const nextHopUnreachable = "no route to the next hop "

// outranked reports whether a rule selects the prefix, and zebra prefers a route of another protocol.
func (p Prefix) outranked() bool {
	reason, selected := p.Selected()
	return selected && reason == "" && p.Preferred != "" && p.Preferred != "bgp"
}

// notInstalled are the routes that are selected and that the kernel does not have, as far as routes are listed.
func (b *builder) notInstalled(there map[netip.Prefix]bool) []v1.ExportedRoute {
	var out []v1.ExportedRoute
	for _, r := range b.Snapshot.Received {
		p := b.Snapshot.Prefixes[r.Prefix]
		reason, selected := p.Selected()
		if !selected || there[r.Prefix] {
			continue
		}
		there[r.Prefix] = true // told
		switch {
		case reason != "":
		case p.outranked():
			reason = "the node has a " + p.Preferred + " route for it, which goes before BGP's"
		default:
			reason = "zebra has not installed it yet"
		}
		out = append(out, v1.ExportedRoute{Prefix: r.Prefix.String(), Table: b.tableFor(p), Metric: kernelMetric, Reason: reason})
	}
	return out
}

// tableFor is the table that a selected prefix belongs into, by the communities of its path. That an import policy took
// the deciding one away again is not seen.
func (b *builder) tableFor(p Prefix) string {
	var communities []string
	for _, path := range p.Paths {
		if path.Tag == render.KernelTag {
			communities = path.Communities
		}
	}
	targets := b.config.Export.Targets
	for _, t := range targets {
		listed := func(c string) bool {
			return slices.Contains(t.Communities, c) || slices.Contains(t.LargeCommunities, c)
		}
		if t.Everything || slices.ContainsFunc(communities, listed) {
			return tableName(t.Table)
		}
	}
	return tableName(mainTable)
}

func tableName(table uint32) string {
	if table == 0 || table == mainTable {
		return "main"
	}
	return strconv.FormatUint(uint64(table), 10)
}

// vrfs sums up the VRFs that run: how many routes are in each one's BGP, and how many of BGP's are in its table.
func (b *builder) vrfs() []v1.VRFStatus {
	var out []v1.VRFStatus
	for k := range b.config.VRFs {
		i := &b.config.VRFs[k].Instance
		s := v1.VRFStatus{Name: i.VRF, RD: i.VPN.RD}
		if b.Snapshot != nil {
			s.ImportedRouteCount = count(b.Snapshot.instance(i.Device).Total)
			if b.Snapshot.Kernel != nil && i.Export.Enabled {
				for _, table := range tables(i, b.Links) {
					s.ExportedRouteCount += count(b.Snapshot.Kernel.Counts[table])
				}
			}
		}
		out = append(out, s)
	}
	return out
}
