package gobgp

import (
	"strconv"
	"strings"
	"time"
)

// The JSON of GoBGP's command line is that of its protobuf messages; these are the parts of them that FRR knows. A number
// that is 0 is missing there.

type neighborObject struct {
	Conf struct {
		Description string `json:"description,omitempty"`
		LocalASN    uint32 `json:"local_asn,omitempty"`
		Address     string `json:"neighbor_address"`
		PeerASN     uint32 `json:"peer_asn,omitempty"`
		VRF         string `json:"vrf,omitempty"`
	} `json:"conf"`
	State struct {
		Address  string         `json:"neighbor_address"`
		PeerASN  uint32         `json:"peer_asn,omitempty"`
		LocalASN uint32         `json:"local_asn,omitempty"`
		State    int            `json:"session_state,omitempty"`
		Admin    int            `json:"admin_state,omitempty"`
		RouterID string         `json:"router_id,omitempty"`
		Flops    uint64         `json:"flops,omitempty"`
		Messages map[string]any `json:"messages,omitempty"`
	} `json:"state"`
	Timers struct {
		State struct {
			Uptime    *seconds `json:"uptime,omitempty"`
			Hold      int64    `json:"negotiated_hold_time,omitempty"`
			Keepalive int64    `json:"keepalive_interval,omitempty"`
		} `json:"state"`
	} `json:"timers"`
	Families []familyObject `json:"afi_safis,omitempty"`
}

type seconds struct {
	Seconds int64 `json:"seconds"`
}

type familyObject struct {
	State struct {
		Family struct {
			AFI  int `json:"afi"`
			SAFI int `json:"safi"`
		} `json:"family"`
		Received   int64 `json:"received,omitempty"`
		Accepted   int64 `json:"accepted,omitempty"`
		Advertised int64 `json:"advertised,omitempty"`
	} `json:"state"`
}

// Numbers of GoBGP's PeerState.SessionState and AdminState.
var (
	stateNumbers = map[string]int{"Idle": 1, "Connect": 2, "Active": 3, "OpenSent": 4, "OpenConfirm": 5, established: 6}
	adminNumbers = map[string]int{"Idle (Admin)": 1, "Idle (PfxCt)": 2}
	afis         = map[string]int{"ipv4Unicast": 1, "ipv6Unicast": 2}
)

func object(s session, now time.Time) neighborObject {
	var o neighborObject
	name := Text(s.name)
	o.Conf.Address, o.Conf.PeerASN, o.Conf.LocalASN, o.Conf.Description = name, s.RemoteAS, s.LocalAS, string(s.Description)
	if s.vrf != defaultInstance {
		o.Conf.VRF = Text(s.vrf)
	}
	state, _, _ := strings.Cut(string(s.State), " ")
	o.State.Address, o.State.PeerASN, o.State.LocalASN = name, s.RemoteAS, s.LocalAS
	o.State.State, o.State.Admin = max(stateNumbers[state], 1), adminNumbers[string(s.State)]
	if s.State == established {
		o.Timers.State.Uptime = &seconds{now.Unix() - s.Uptime/1000}
	}
	return o
}

func (a *answerer) printNeighbors(all []session) error {
	objects := make([]neighborObject, 0, len(all))
	for _, s := range all {
		o := object(s, a.now)
		o.Families = []familyObject{{}}
		f := &o.Families[0].State
		f.Family.AFI, f.Family.SAFI = 1, 1
		f.Received, f.Accepted, f.Advertised = s.Received, s.Received, s.Sent
		objects = append(objects, o)
	}
	return a.print(objects)
}

func neighborJSON(s session, d detail) neighborObject {
	o := object(s, time.Unix(d.Since+s.Uptime/1000, 0))
	o.State.RouterID, o.State.Flops = string(d.RouterID), d.Dropped
	m := d.Messages
	side := func(open, notification, update, keepalive, refresh, total uint64) map[string]uint64 {
		return map[string]uint64{"open": open, "notification": notification, "update": update, "keepalive": keepalive, "refresh": refresh, "total": total}
	}
	o.State.Messages = map[string]any{
		"sent":     side(m.OpensSent, m.NotificationsSent, m.UpdatesSent, m.KeepalivesSent, m.RouteRefreshSent, m.TotalSent),
		"received": side(m.OpensRecv, m.NotificationsRecv, m.UpdatesRecv, m.KeepalivesRecv, m.RouteRefreshRecv, m.TotalRecv),
	}
	if s.State == established {
		o.Timers.State.Hold, o.Timers.State.Keepalive = d.Hold/1000, d.Keepalive/1000
	}
	for name, f := range d.Families {
		if afi, ok := afis[name]; ok {
			var x familyObject
			x.State.Family.AFI, x.State.Family.SAFI = afi, 1
			x.State.Received, x.State.Accepted, x.State.Advertised = f.Accepted, f.Accepted, f.Sent
			o.Families = append(o.Families, x)
		}
	}
	return o
}

type routeObject struct {
	NLRI struct {
		Prefix string `json:"prefix"`
	} `json:"nlri"`
	Age        int64 `json:"age"`
	Best       bool  `json:"best"`
	Attributes []any `json:"attrs"`
	Stale      bool  `json:"stale"`
	// Neighbor is who sent it; missing for an own route.
	Neighbor string `json:"neighbor-ip,omitempty"`
}

func (a *answerer) printRoutes(routes []route) error {
	all := map[string][]routeObject{}
	for _, r := range routes {
		var o routeObject
		prefix := r.prefix.String()
		o.NLRI.Prefix, o.Best, o.Stale, o.Attributes = prefix, r.best, r.stale, r.objects()
		if !r.received.IsZero() {
			o.Age = r.received.Unix()
		}
		if !r.own && r.peer != "(unspec)" {
			o.Neighbor = r.peer
		}
		all[prefix] = append(all[prefix], o)
	}
	return a.print(all)
}

// objects are the attributes with their types (RFC 4271 section 5, RFC 1997, RFC 8092).
func (r route) objects() []any {
	type attribute = map[string]any
	all := []any{attribute{"type": 1, "value": strings.IndexByte("ie?", r.origin)}}
	if asns := asNumbers(r.asPath); len(asns) > 0 {
		all = append(all, attribute{"type": 2, "as_paths": []attribute{{"segment_type": 2, "num": len(asns), "asns": asns}}})
	}
	all = append(all, attribute{"type": 3, "nexthop": r.nextHop})
	if r.med != nil {
		all = append(all, attribute{"type": 4, "metric": *r.med})
	}
	if r.pref != nil {
		all = append(all, attribute{"type": 5, "value": *r.pref})
	}
	if len(r.communities) > 0 {
		all = append(all, attribute{"type": 8, "communities": communityNumbers(r.communities)})
	}
	if len(r.large) > 0 {
		var value []attribute
		for _, l := range r.large {
			n := asNumbers(strings.ReplaceAll(l, ":", " "))
			if len(n) == 3 {
				value = append(value, attribute{"ASN": n[0], "LocalData1": n[1], "LocalData2": n[2]})
			}
		}
		all = append(all, attribute{"type": 32, "value": value})
	}
	return all
}

func asNumbers(path string) []uint32 {
	var all []uint32
	for _, word := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(" ,{}()[]", r) }) {
		if n, err := strconv.ParseUint(word, 10, 32); err == nil {
			all = append(all, uint32(n))
		}
	}
	return all
}

// wellKnown are the numbers of the communities that FRR names (IANA, "BGP Well-known Communities").
var wellKnown = map[string]uint32{
	"internet": 0, "graceful-shutdown": 0xffff0000, "accept-own": 0xffff0001, "route-filter-translated-v4": 0xffff0002,
	"route-filter-v4": 0xffff0003, "route-filter-translated-v6": 0xffff0004, "route-filter-v6": 0xffff0005,
	"llgr-stale": 0xffff0006, "no-llgr": 0xffff0007, "accept-own-nexthop": 0xffff0008, "blackhole": 0xffff029a,
	"no-export": 0xffffff01, "no-advertise": 0xffffff02, "local-AS": 0xffffff03, "no-peer": 0xffffff04,
}

func communityNumbers(communities []string) []uint32 {
	all := []uint32{}
	for _, c := range communities {
		if n, ok := wellKnown[c]; ok {
			all = append(all, n)
		} else if n := asNumbers(strings.ReplaceAll(c, ":", " ")); len(n) == 2 {
			all = append(all, n[0]<<16|n[1]&0xffff)
		}
	}
	return all
}
