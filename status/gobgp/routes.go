package gobgp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// MaxRoutes is how many routes are listed at most. bgpd takes 0.1 s for so many, in which it does nothing else, and this
// program some 60 MB, which it takes from the container that it is typed in.
const MaxRoutes = 20_000

// MaxLookups is up to how many prefixes are looked up one by one, 0.2 ms each, for what FRR's tables leave out: the time
// of a route, and its communities.
const MaxLookups = 1000

// route is a way to a prefix.
type route struct {
	prefix   netip.Prefix
	best     bool
	stale    bool
	own      bool
	nextHop  string
	asPath   string
	origin   byte
	med      *uint32
	pref     *uint32
	peer     string
	received time.Time // zero if it is not known
	// communities, ext and large are known if looked says so.
	looked                  bool
	communities, ext, large []string
}

// path is a route in FRR's JSON: of a table, of the list of what is advertised, or of one prefix.
type path struct {
	Valid    bool            `json:"valid"`
	Best     bool            `json:"best"`
	BestPath json.RawMessage `json:"bestpath"` // true, or {"overall": true}
	Stale    bool            `json:"stale"`
	Sourced  bool            `json:"sourced"`
	PeerID   text            `json:"peerId"`
	Peer     struct {
		ID text `json:"peerId"`
	} `json:"peer"`
	Path   text `json:"path"`
	ASPath *struct {
		String text  `json:"string"`
		Length int64 `json:"length"`
	} `json:"aspath"`
	Origin     text    `json:"origin"`
	OriginCode text    `json:"bgpOriginCode"` // 8.4, of what is advertised
	Metric     *uint32 `json:"metric"`
	LocPref    *uint32 `json:"locPrf"`
	LocalPref  *uint32 `json:"localpref"`
	NextHop    text    `json:"nextHop"` // of what is advertised
	NextHopV6  text    `json:"nextHopGlobal"`
	NextHops   []struct {
		IP   text `json:"ip"`
		Used bool `json:"used"`
	} `json:"nexthops"`
	Community struct {
		String text `json:"string"`
	} `json:"community"`
	Ext struct {
		String text `json:"string"`
	} `json:"extendedCommunity"`
	Large struct {
		String text `json:"string"`
	} `json:"largeCommunity"`
	Update struct {
		Epoch int64 `json:"epoch"`
	} `json:"lastUpdate"`
}

func (p path) route(prefix netip.Prefix) route {
	r := route{
		prefix: prefix, best: p.Best || isTrue(p.BestPath), stale: p.Stale, own: p.Sourced,
		asPath: string(p.Path), med: p.Metric, pref: p.LocPref, peer: string(p.PeerID),
		communities: strings.Fields(string(p.Community.String)),
		ext:         strings.Fields(string(p.Ext.String)),
		large:       strings.Fields(string(p.Large.String)),
	}
	if p.LocalPref != nil {
		r.pref = p.LocalPref
	}
	if p.ASPath != nil {
		if r.asPath = string(p.ASPath.String); r.asPath == "Local" {
			r.asPath = ""
		}
	}
	if p.Peer.ID != "" {
		r.peer = string(p.Peer.ID)
	}
	switch p.Origin + p.OriginCode {
	case "IGP", "i":
		r.origin = 'i'
	case "EGP", "e":
		r.origin = 'e'
	default:
		r.origin = '?'
	}
	r.nextHop = string(p.NextHop + p.NextHopV6)
	for _, n := range p.NextHops {
		if n.Used || r.nextHop == "" {
			r.nextHop = string(n.IP)
		}
	}
	if p.Update.Epoch > 0 {
		r.received = time.Unix(p.Update.Epoch, 0)
	}
	return r
}

func isTrue(raw json.RawMessage) bool {
	var overall struct {
		Overall bool `json:"overall"`
	}
	return string(raw) == "true" || json.Unmarshal(raw, &overall) == nil && overall.Overall
}

// list reads a table of routes as it comes, which FRR prints in the order of the prefixes: {"routes": {PREFIX: [PATH …]}},
// or {"advertisedRoutes": {PREFIX: PATH}}, in detail with {"paths": [PATH …]} in it.
func list(answer []byte, key string) ([]route, error) {
	var table map[string]json.RawMessage
	if err := json.Unmarshal(answer, &table); err != nil {
		return nil, err
	}
	if warning, ok := table["warning"]; ok {
		var w text
		_ = json.Unmarshal(warning, &w)
		return nil, fmt.Errorf("FRR says: %s", w)
	}
	raw, ok := table[key]
	if !ok {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%q is no object", key)
	}
	var all []route
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		var paths json.RawMessage
		if err := d.Decode(&paths); err != nil {
			return nil, err
		}
		name, _ := t.(string)
		prefix, err := netip.ParsePrefix(name)
		if err != nil {
			continue // of a family that is not asked for
		}
		routes, err := pathsOf(prefix, paths)
		if err != nil {
			return nil, err
		}
		all = append(all, routes...)
	}
	return all, nil
}

func pathsOf(prefix netip.Prefix, raw json.RawMessage) ([]route, error) {
	var paths []path
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &paths); err != nil {
			return nil, err
		}
	} else {
		var one struct {
			path
			Paths []path `json:"paths"`
		}
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, err
		}
		if paths = one.Paths; paths == nil {
			paths = []path{one.path}
		}
	}
	routes := make([]route, 0, len(paths))
	for _, p := range paths {
		routes = append(routes, p.route(prefix))
	}
	return routes, nil
}
