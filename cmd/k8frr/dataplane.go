package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/status/view"
)

const dataplaneHelp = `Show how far each address (VIP) gets, and where it stops. The columns show on how
many nodes the address is on an interface (NODES), FRR runs with a configuration
(FRR), BGP has the prefix (BGP), and a peer receives it (SENT). The first number
that is too low is red, with the reason below. UNREACHABLE: no node announces the
address. "5+1?": five nodes, and one that no longer reports.

  k8frr dataplane
  k8frr dataplane 10.200.0.5
  k8frr dataplane shop/web
  k8frr dataplane 10.200.0.0/24 -o wide

With an address, a prefix or a Service, and with -o wide, each node is shown.

` + sourceHelp + `

` + checkHelp

// dataplaneOptions are the flags of k8frr dataplane.
type dataplaneOptions struct {
	inspector
	of []string
}

func newDataplane() *cobra.Command {
	var o dataplaneOptions
	cmd := &cobra.Command{
		Use:   "dataplane [ADDRESS|PREFIX|SERVICE]...",
		Short: "Show how far each address gets, and where it stops",
		Long:  dataplaneHelp,
		RunE: func(c *cobra.Command, args []string) error {
			o.of = args
			return o.run(c, o.look)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.inspector.flags(cmd.Flags())
	o.nodeFlags(cmd.Flags())
	o.complete(cmd)
	return cmd
}

// vipList is what k8frr dataplane shows.
type vipList struct {
	preamble
	Counts view.VIPCounts `json:"counts"`
	VIPs   []view.VIP     `json:"vips"`
	// each says that every node is shown.
	each bool
	// services says that Services are known.
	services bool
}

func (o *dataplaneOptions) look(e evidence) (answer, error) {
	keep, err := o.kept(e)
	if err != nil {
		return nil, err
	}
	all := view.VIPs(e.Input)
	if len(o.of) > 0 {
		var found []view.VIP
		for _, what := range o.of {
			some, err := named(all, what, e.Services)
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
		all = found
	}
	if len(o.nodes) > 0 || e.labeled != nil {
		all = ofNodes(all, keep)
	}
	return vipList{preamble{e.Now, e.notes}, view.CountVIPs(all), all, len(o.of) > 0, e.Services != nil}, nil
}

// named finds the VIPs that a text names.
func named(all []view.VIP, what string, services []view.Service) ([]view.VIP, error) {
	is := func(v view.VIP) bool {
		return slices.ContainsFunc(v.Services, func(s string) bool { return s == what || strings.HasSuffix(s, "/"+what) })
	}
	if prefix, err := netip.ParsePrefix(what); err == nil {
		is = func(v view.VIP) bool { return prefix.Contains(v.Address) }
	} else if address, err := netip.ParseAddr(what); err == nil {
		is = func(v view.VIP) bool { return v.Address == address.Unmap() }
	}
	var found []view.VIP
	for _, v := range all {
		if is(v) {
			found = append(found, v)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, s := range services {
		switch {
		case s.String() != what && s.Name != what:
		case len(s.Addresses) == 0:
			return nil, fmt.Errorf("the Service %s has no address yet: check the allocator (PureLB)", s)
		case s.L2:
			return nil, fmt.Errorf("the Service %s has addresses of a local pool: PureLB announces them by ARP and ND, and not by BGP", s)
		}
	}
	if services == nil {
		return nil, fmt.Errorf("no node carries %s, and the Services are unknown", view.Text(what))
	}
	return nil, fmt.Errorf("no node carries %s, and no Service of type LoadBalancer has it", view.Text(what))
}

// ofNodes leaves what is so on some nodes.
func ofNodes(all []view.VIP, keep func(string) bool) (kept []view.VIP) {
	for _, v := range all {
		if v = v.On(keep); len(v.Paths) > 0 {
			kept = append(kept, v)
		}
	}
	return kept
}

func (l vipList) wrong() bool { return l.Counts.Degraded+l.Counts.Unreachable > 0 }

func (l vipList) print(p *page) {
	if l.each {
		for i, v := range l.VIPs {
			if i > 0 {
				p.line()
			}
			p.vip(v, l.services)
		}
		return
	}
	if len(l.VIPs) == 0 {
		p.say(0, "", "No node carries an address that is imported, and no Service has one.")
		return
	}
	p.table(vipGrid(l.VIPs, l.services, true))
	if p.wide {
		p.line()
		p.table(pathGrid(l.VIPs, p, true))
	}
	p.line()
	p.line(vipSummary(p.palette, "VIP", l.Counts))
}

func vipSummary(p palette, what string, c view.VIPCounts) string {
	return p.counted(c.Total, what,
		count{c.OK, "ok", green}, count{c.Notice, "to note", yellow},
		count{c.Degraded, "degraded", red}, count{c.Unreachable, "unreachable", boldRed})
}

// vipState is the state of a VIP in a word, and the color that it is shown in.
func vipState(v view.VIP) (text, color string) {
	switch {
	case v.Level == view.Problem && !v.Reachable:
		return "UNREACHABLE", boldRed
	case v.Level == view.Problem:
		return "degraded", red
	case v.Level == view.Notice && v.Nodes == 0:
		return "not here", yellow
	case v.Level == view.Notice:
		return "ok", yellow
	}
	return "ok", green
}

// vipGrid is a table of VIPs.
func vipGrid(all []view.VIP, services, explained bool) grid {
	g := grid{columns: []column{{title: "VIP"}, {title: "SERVICE", flex: true, drop: 1}, {title: "STATE"},
		{title: "NODES", right: true}, {title: "FRR", right: true}, {title: "BGP", right: true}, {title: "SENT", right: true}, {title: "TO", flex: true, drop: 2}}}
	for _, v := range all {
		state, color := vipState(v)
		cells := []cell{{text: v.Name()}, {text: owner(v, services)}, {state, color}}
		// The first number that falls short is the broken link; what follows it
		// cannot hold.
		before, broken := v.Nodes, false
		for i, n := range []int{v.Nodes, v.InFRR, v.InBGP, v.Advertised} {
			c := cell{text: strconv.Itoa(n)}
			switch {
			case broken:
				c.color = dim
			case i == 0 && n == 0 && v.Level == view.Problem, n < before && v.Level == view.Problem:
				c.color, broken = boldRed, true
			}
			cells, before = append(cells, c), n
		}
		if v.Stale > 0 {
			cells[3].text = fmt.Sprintf("%d+%d?", v.Nodes, v.Stale)
		}
		r := row{cells: append(cells, cell{text: peers(v.Peers)})}
		if explained && v.Why != "" {
			_, color := vipState(v)
			r.below = append(r.below, cell{v.Why, color})
		}
		g.rows = append(g.rows, r)
	}
	return g
}

// owner is whose a VIP is.
func owner(v view.VIP, services bool) string {
	switch {
	case len(v.Services) > 1:
		return fmt.Sprintf("%s +%d", v.Services[0], len(v.Services)-1)
	case len(v.Services) == 1:
		return v.Services[0]
	case !services:
		return "?"
	}
	return "-"
}

// peers names two peers, and counts the rest.
func peers(names []string) string {
	const most = 2
	switch {
	case len(names) == 0:
		return "-"
	case len(names) > most:
		return fmt.Sprintf("%s +%d", strings.Join(names[:most-1], ", "), len(names)-most+1)
	}
	return strings.Join(names, ", ")
}

// vip prints a VIP node by node.
func (p *page) vip(v view.VIP, services bool) {
	state, color := vipState(v)
	p.field("VIP", "", v.Name())
	switch {
	case !services:
		p.field("Service", "", "not known")
	case len(v.Services) == 0:
		p.field("Service", "", "none")
	default:
		p.field("Service", "", strings.Join(v.Services, ", "))
	}
	p.field("State", color, state)
	if v.Why != "" {
		p.field("", color, v.Why)
	}
	if len(v.Paths) == 0 {
		return
	}
	p.line()
	p.table(pathGrid([]view.VIP{v}, p, false))
}

// pathGrid is a table of what is so on each node.
func pathGrid(all []view.VIP, p *page, several bool) grid {
	g := grid{columns: []column{{title: "NODE", flex: true}, {title: "ON", drop: 2}, {title: "ADDRESS"}, {title: "FRR"}, {title: "BGP"}, {title: "SENT TO", flex: true}}}
	if p.wide {
		g.columns = append(g.columns, column{title: "NEXT HOP", drop: 4}, column{title: "COMMUNITIES", drop: 3, flex: true}, column{title: "REPORTED", right: true, drop: 5})
	}
	for _, v := range all {
		for _, path := range v.Paths {
			r := row{cells: pathCells(path)}
			if p.wide {
				r.cells = append(r.cells, cell{text: orDash(path.NextHop)}, cell{text: orDash(strings.Join(path.Communities, " "))}, cell{text: p.ago(path.Updated)})
			}
			if !several && path.Why != "" {
				r.below = []cell{{path.Why, levelColors[path.Level]}}
			}
			g.rows = append(g.rows, r)
		}
	}
	return g
}

var levelColors = map[view.Level]string{view.Notice: yellow, view.Problem: red}

func pathCells(path view.Path) []cell {
	cells := []cell{{text: path.Node}, {text: path.Interface}, {text: path.Address.String()}}
	if path.Stale {
		cells[0].text += " (stale)"
	}
	for _, link := range []struct {
		view.Link
		well string
	}{{view.InFRR, "yes"}, {view.InBGP, path.Prefix.String()}, {view.Sent, strings.Join(path.Peers, ", ")}} {
		c := cell{text: orDash(link.well), color: ""}
		switch {
		case path.Broken == link.Link:
			c = cell{"NO", boldRed}
		case !path.Reaches(link.Link):
			c = cell{"-", dim}
		}
		cells = append(cells, c)
	}
	if path.Broken == view.OnNode {
		cells[1].color = boldRed
	}
	if path.Stale {
		for i := range cells {
			cells[i].color = dim
		}
	}
	return cells
}
