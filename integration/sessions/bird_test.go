//go:build linux

package sessions

import (
	"context"
	"net/netip"
	"regexp"
	"strings"

	"github.com/k8frr/k8frr/integration/lab"
)

// bird is a BIRD.
type bird struct{ *lab.BIRD }

var (
	birdProtocol = regexp.MustCompile(`(?m)^\S+ +BGP .*(\n\s.*)*`)
	birdPath     = regexp.MustCompile(`(?m)^(\S+)? +unicast \[.*(\n\t.*)*`)
	birdLine     = regexp.MustCompile(`(?m)^\tBGP\.(\w+): ?(.*)$`)
)

// session finds the peer by its address, or by the name of its protocol.
func (b bird) session(ctx context.Context, peer string) (bool, string, error) {
	out, err := b.Birdc(ctx, "show", "protocols", "all")
	if err != nil {
		return false, "", err
	}
	for _, block := range birdProtocol.FindAllString(out, -1) {
		is := strings.HasPrefix(block, peer+" ") || strings.Contains(block, "Neighbor address: "+peer+"\n")
		if is && strings.Contains(block, "BGP state:          Established") {
			return true, out, nil
		}
	}
	return false, out, nil
}

func (b bird) paths(ctx context.Context, prefix netip.Prefix) ([]attributes, error) {
	out, err := b.Birdc(ctx, "show", "route", prefix.String(), "all")
	if err != nil && !strings.Contains(out, "Network not found") {
		return nil, err
	}
	names := map[string]string{"as_path": "as", "next_hop": "nexthop", "local_pref": "localpref", "large_community": "largecommunity",
		"ext_community": "extcommunity", "cluster_list": "cluster", "originator_id": "originator"}
	var paths []attributes
	for _, block := range birdPath.FindAllString(out, -1) {
		first, _, _ := strings.Cut(block, "\n")
		a := attributes{"best": yes(strings.Contains(first, "] * "))}
		for _, line := range birdLine.FindAllStringSubmatch(block, -1) {
			name, value := line[1], line[2]
			if n, ok := names[name]; ok {
				name = n
			}
			switch name {
			case "community", "largecommunity": // (65000,1) (65000,2)
				value = strings.NewReplacer("(", "", ")", "", ", ", ":", ",", ":", " ", ",").Replace(value)
			case "nexthop": // the global one; a link-local one follows
				value, _, _ = strings.Cut(value, " ")
			default:
				value = strings.ToLower(commas(value))
			}
			a[name] = value
		}
		paths = append(paths, a)
	}
	return paths, nil
}
