//go:build linux

package sessions

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/integration/lab"
)

// frr is an FRR, the node's or another.
type frr struct{ *lab.FRR }

func (f frr) session(ctx context.Context, peer string) (bool, string, error) {
	out, err := f.Vtysh(ctx, "show bgp neighbors "+peer+" json")
	if err != nil {
		return false, "", err
	}
	var answer map[string]json.RawMessage // by neighbor, or that there is none
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return false, "", fmt.Errorf("%w: %s", err, out)
	}
	for _, text := range answer {
		var neighbor struct{ BGPState string }
		if json.Unmarshal(text, &neighbor) == nil && neighbor.BGPState == "Established" {
			return true, out, nil
		}
	}
	return false, out, nil
}

func (f frr) paths(ctx context.Context, prefix netip.Prefix) ([]attributes, error) {
	family := "ipv4"
	if prefix.Addr().Is6() {
		family = "ipv6"
	}
	out, err := f.Vtysh(ctx, fmt.Sprintf("show bgp %s unicast %s json", family, prefix))
	if err != nil {
		return nil, err
	}
	type text struct{ String string }
	var answer struct {
		Prefix netip.Prefix
		Paths  []struct {
			ASPath       text
			Origin       string
			Metric       *uint32
			MED          *uint32
			LocPrf       *uint32
			Valid, Stale bool
			Multipath    bool
			BestPath     struct{ Overall bool }
			Peer         struct{ PeerID string }
			OriginatorID string
			ClusterList  struct{ List []string }
			Nexthops     []struct {
				IP    netip.Addr
				Scope string
			}
			Community, LargeCommunity, ExtendedCommunity text
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	if answer.Prefix.IsValid() && answer.Prefix != prefix { // the nearest that covers it
		return nil, nil
	}
	var paths []attributes
	for _, p := range answer.Paths {
		a := attributes{
			"as":             commas(strings.TrimPrefix(p.ASPath.String, "Local")),
			"origin":         strings.ToLower(p.Origin),
			"med":            optional(cmp.Or(p.MED, p.Metric)),
			"localpref":      optional(p.LocPrf),
			"community":      commas(p.Community.String),
			"largecommunity": commas(p.LargeCommunity.String),
			"extcommunity":   commas(p.ExtendedCommunity.String),
			"from":           p.Peer.PeerID,
			"best":           yes(p.BestPath.Overall),
			"multipath":      yes(p.Multipath),
			"valid":          yes(p.Valid),
			"stale":          yes(p.Stale),
			"originator":     p.OriginatorID,
			"cluster":        strings.Join(p.ClusterList.List, ","),
		}
		for _, hop := range p.Nexthops {
			if a["nexthop"] == "" || hop.Scope == "global" {
				a["nexthop"] = hop.IP.String()
			}
		}
		paths = append(paths, a)
	}
	return paths, nil
}

// commas puts commas where blanks are.
func commas(text string) string { return strings.Join(strings.Fields(text), ",") }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func optional(n *uint32) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(int(*n))
}
