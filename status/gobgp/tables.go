package gobgp

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/k8frr/k8frr/status"
)

// rib is `gobgp global rib`, of the default instance.
func (a *answerer) rib() error {
	if a.Prefix != "" && !a.Longer {
		return a.onePrefix()
	}
	instances, err := a.instances()
	if err != nil {
		return err
	}
	if table, found := instances[defaultInstance][families[a.Family]]; found && status.SizeOf(table.RIBCount) > MaxRoutes {
		if least, most := a.size(table); most > MaxRoutes {
			return tooMany("the table", least)
		}
	}
	command := "show bgp " + a.Family + " unicast json"
	if a.Longer {
		command = "show bgp " + a.Family + " unicast " + a.Prefix + " longer-prefixes json"
	}
	routes, err := a.list(command, "routes")
	if err != nil {
		return err
	}
	return a.table(a.look(routes, "", ""), showBest|showAge)
}

func (a *answerer) onePrefix() error {
	routes, err := a.lookUp("", a.Prefix)
	if err != nil {
		return err
	}
	return a.table(routes, showBest|showAge)
}

// summary is `gobgp global rib summary`.
func (a *answerer) summary() error {
	instances, err := a.instances()
	if err != nil {
		return err
	}
	table, found := instances[defaultInstance][families[a.Family]]
	if !found {
		table.RIBCount = []byte("0")
	}
	if a.JSON {
		return a.print(map[string]any{"table_nodes": status.SizeOf(table.RIBCount)})
	}
	a.printf("Table afi:AFI_%s safi:SAFI_UNICAST\n", map[string]string{"ipv4": "IP", "ipv6": "IP6"}[a.Family])
	switch least, most := a.size(table); {
	case least == most:
		a.printf("Destination: %d\n", most)
	case most == status.UnknownSize:
		a.printf("Destination: unknown\n")
	default:
		a.printf("Destination: between %d and %d (FRR before 10.7 also counts the forks between prefixes)\n", least, most)
	}
	return nil
}

// size is how many prefixes a table has, at least and at most. What FRR counts is prefixes from 10.7 on, and before that the nodes of
// the table: with the forks between prefixes there are up to twice as many. A table that is surely not large is counted exactly.
func (a *answerer) size(f family) (least, most uint64) {
	count := status.SizeOf(f.RIBCount)
	switch {
	case count == status.UnknownSize:
		return MaxRoutes + 1, count // it may be large
	case count == 0:
		return 0, 0
	case count/2 <= MaxRoutes:
		command, _ := status.StatisticsCommand(families[a.Family])
		if answer, err := a.ask(command); err == nil {
			if n, err := status.ParseStatistics(answer); err == nil && n > 0 {
				return uint64(n), uint64(n)
			}
		}
	}
	return (count + 1) / 2, count
}

// adjIn is `gobgp neighbor ADDRESS adj-in`: what was accepted. What a policy refused FRR does not keep.
func (a *answerer) adjIn() error {
	s, d, err := a.findUp()
	if err != nil {
		return err
	}
	if n := a.count(s, func(p peer) int64 { return p.Received }); n > MaxRoutes {
		return tooMany("what "+Text(s.name)+" sent", uint64(n))
	}
	in, err := scope(s.vrf)
	if err != nil {
		return err
	}
	routes, err := a.list(fmt.Sprintf("show bgp %s%s unicast neighbors %s routes json", in, a.Family, s.name), "routes")
	if err != nil {
		return err
	}
	from := s.name
	if !s.addr.IsValid() {
		from = string(d.Address)
	}
	return a.table(within(a.look(routes, in, from), a.Request), showID|showAge)
}

// adjOut is `gobgp neighbor ADDRESS adj-out`.
func (a *answerer) adjOut() error {
	s, d, err := a.findUp()
	if err != nil {
		return err
	}
	n := a.count(s, func(p peer) int64 { return p.Sent })
	if n > MaxRoutes {
		return tooMany("what is sent to "+Text(s.name), uint64(n))
	}
	in, err := scope(s.vrf)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("show bgp %s%s unicast neighbors %s advertised-routes ", in, a.Family, s.name)
	var routes []route
	err = fmt.Errorf("too many for details")
	if n <= MaxLookups {
		routes, err = a.list(command+"detail json", "advertisedRoutes") // 10.x
	}
	if err != nil {
		if routes, err = a.list(command+"json", "advertisedRoutes"); err == nil && len(routes) > 0 {
			a.remark("FRR does not list the communities of what it sends")
		}
	}
	if err != nil {
		return err
	}
	for i := range routes {
		routes[i].asSent(d)
	}
	return a.table(within(routes, a.Request), showID)
}

// asSent puts in what FRR adds only as it writes an UPDATE: itself as the next hop, and to an external peer its AS number.
func (r *route) asSent(d detail) {
	switch {
	case r.nextHop == "0.0.0.0" && d.NextHop != "":
		r.nextHop = string(d.NextHop)
	case r.nextHop == "::" && d.NextHopV6 != "" && d.NextHopV6 != "::":
		r.nextHop = string(d.NextHopV6)
	case r.nextHop == "::" && d.NextHopLocal != "":
		r.nextHop = string(d.NextHopLocal)
	}
	if d.External && d.LocalAS != 0 {
		r.asPath = strings.TrimSpace(asNumber(d.LocalAS) + " " + r.asPath)
	}
}

// findUp finds a neighbor that has a session.
func (a *answerer) findUp() (session, detail, error) {
	s, d, err := a.find()
	if err == nil && s.State != established {
		err = fmt.Errorf("neighbor %s's BGP session is not established", Text(s.name))
	}
	return s, d, err
}

// count is a number of a session in the family that is asked for.
func (a *answerer) count(s session, number func(peer) int64) int64 {
	instances, err := a.instances()
	if err != nil {
		return 0
	}
	return number(instances[s.vrf][families[a.Family]].Peers[s.name])
}

func tooMany(what string, n uint64) error {
	return fmt.Errorf("%s has %d routes. bgpd stands still while it prints, about 4 s for a million, and needs some GB for it, so more than %d are not asked for here. "+
		"Ask for one: gobgp global rib PREFIX. Counts: gobgp neighbor, gobgp global rib summary", what, n, MaxRoutes)
}

func (a *answerer) list(command, key string) ([]route, error) {
	answer, err := a.ask(command)
	if err != nil {
		return nil, err
	}
	routes, err := list(answer, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", Text(command), Text(err.Error()))
	}
	return routes, nil
}

// look looks up the prefixes of routes, if they are not too many, and returns the paths to them, from one peer if it is
// not "".
func (a *answerer) look(routes []route, in, from string) []route {
	if len(routes) > MaxLookups {
		a.remark(fmt.Sprintf("of more than %d routes the age and the communities are not looked up: gobgp global rib PREFIX shows those of one", MaxLookups))
		return routes
	}
	var all []route
	var last netip.Prefix
	for i, r := range routes {
		if i > 0 && r.prefix == last {
			continue
		}
		last = r.prefix
		found, err := a.lookUp(in, r.prefix.String())
		n := len(all)
		for _, f := range found {
			if err == nil && f.prefix == r.prefix && (from == "" || f.peer == from) {
				all = append(all, f)
			}
		}
		if len(all) == n { // it went meanwhile, or cannot be looked up
			for _, r := range routes[i:] {
				if r.prefix == last {
					all = append(all, r)
				}
			}
		}
	}
	return all
}

// lookUp is what bgpd has for a prefix, or for the longest one that an address is in.
func (a *answerer) lookUp(in, prefix string) ([]route, error) {
	var one struct {
		Prefix text            `json:"prefix"`
		Paths  json.RawMessage `json:"paths"`
	}
	if err := a.get("show bgp "+in+a.Family+" unicast "+prefix+" json", &one); err != nil {
		return nil, err
	}
	p, err := netip.ParsePrefix(string(one.Prefix))
	if err != nil || one.Paths == nil {
		return nil, nil
	}
	routes, err := pathsOf(p, one.Paths)
	for i := range routes {
		routes[i].looked = true
	}
	return routes, err
}

// within keeps the routes that a request limits an answer to.
func within(routes []route, r Request) []route {
	if r.Prefix == "" {
		return routes
	}
	asked, err := netip.ParsePrefix(r.Prefix)
	if err != nil {
		addr := netip.MustParseAddr(r.Prefix)
		var longest int
		for _, route := range routes {
			if route.prefix.Contains(addr) {
				longest = max(longest, route.prefix.Bits())
			}
		}
		if asked, err = addr.Prefix(longest); err != nil {
			return nil
		}
	}
	var some []route
	for _, route := range routes {
		if route.prefix == asked || r.Longer && asked.Overlaps(route.prefix) && route.prefix.Bits() >= asked.Bits() {
			some = append(some, route)
		}
	}
	return some
}

func (a *answerer) remark(sentence string) { fmt.Fprintln(a.remarks, "gobgp:", sentence) }
