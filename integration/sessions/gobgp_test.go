//go:build linux

package sessions

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
)

// gobgp is a GoBGP.
type gobgp struct{ *lab.GoBGP }

func (g gobgp) session(ctx context.Context, peer string) (bool, string, error) {
	out, err := g.Gobgp(ctx, "neighbor", peer)
	return strings.Contains(out, "BGP state = ESTABLISHED"), out, err
}

func (g gobgp) paths(ctx context.Context, prefix netip.Prefix) ([]attributes, error) {
	family := "ipv4"
	if prefix.Addr().Is6() {
		family = "ipv6"
	}
	out, err := g.Gobgp(ctx, "global", "rib", prefix.String(), "-a", family, "-j")
	if err != nil {
		return nil, err
	}
	var answer map[string][]struct {
		Best     bool
		Stale    bool
		SourceIP string `json:"source-ip"`
		Attrs    []struct {
			Type        uint8
			Value       json.RawMessage
			Nexthop     string
			Metric      *uint32
			Communities []uint32
			ASPaths     []struct {
				SegmentType uint8 `json:"segment_type"`
				ASNs        []uint32
			} `json:"as_paths"`
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	var paths []attributes
	for _, p := range answer[prefix.String()] {
		a := attributes{"best": yes(p.Best), "stale": yes(p.Stale), "from": p.SourceIP}
		for _, attr := range p.Attrs {
			switch bgp.BGPAttrType(attr.Type) {
			case bgp.BGP_ATTR_TYPE_AS_PATH:
				var segments []string
				for _, s := range attr.ASPaths {
					segments = append(segments, segment(s.SegmentType, s.ASNs))
				}
				a["as"] = strings.Join(segments, ",")
			case bgp.BGP_ATTR_TYPE_ORIGIN:
				if n, err := strconv.Atoi(string(attr.Value)); err == nil {
					a["origin"] = origins[n]
				}
			case bgp.BGP_ATTR_TYPE_NEXT_HOP, bgp.BGP_ATTR_TYPE_MP_REACH_NLRI:
				a["nexthop"] = attr.Nexthop
			case bgp.BGP_ATTR_TYPE_MULTI_EXIT_DISC:
				a["med"] = optional(attr.Metric)
			case bgp.BGP_ATTR_TYPE_LOCAL_PREF:
				a["localpref"] = string(attr.Value)
			case bgp.BGP_ATTR_TYPE_COMMUNITIES:
				a["community"] = communities(attr.Communities)
			}
		}
		paths = append(paths, a)
	}
	return paths, nil
}

var origins = [...]string{"igp", "egp", "incomplete"}

// segment is a part of an AS path as FRR writes it, with commas.
func segment(kind uint8, asns []uint32) string {
	var words []string
	for _, n := range asns {
		words = append(words, strconv.FormatUint(uint64(n), 10))
	}
	text := strings.Join(words, ",")
	switch kind {
	case bgp.BGP_ASPATH_ATTR_TYPE_SET:
		return "{" + text + "}"
	case bgp.BGP_ASPATH_ATTR_TYPE_CONFED_SEQ:
		return "(" + text + ")"
	case bgp.BGP_ASPATH_ATTR_TYPE_CONFED_SET:
		return "[" + text + "]"
	}
	return text
}

func communities(values []uint32) string {
	var words []string
	for _, c := range values {
		words = append(words, fmt.Sprintf("%d:%d", c>>16, c&0xffff))
	}
	return strings.Join(words, ",")
}
