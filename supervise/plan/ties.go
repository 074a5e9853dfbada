package plan

import (
	"slices"
	"strings"
)

// untie takes back what ties BGP instances together, which k8frr never wants,
// and returns the instances without it:
//
//	import vrf X          makes the instance of X again when it is deleted (8.4)
//	distance 50 PREFIX    is bgpd's: every instance shows it, one takes it back
//	                      for all, and it survives them
func (b *builder) untie(running []*node) []*node {
	seen, rest := map[string]bool{}, []*node{}
	for _, instance := range running {
		tied := false
		for _, family := range instance.children {
			for _, n := range slices.Backward(family.children) {
				shared := isDistance(n.line)
				if !shared && !strings.HasPrefix(n.line, "import vrf ") {
					continue
				}
				if key := family.line + " / " + n.line; !shared || !seen[key] {
					seen[key] = true
					b.unset([]string{instance.line, family.line}, n)
				}
				tied = true
			}
		}
		if tied {
			instance = filter(instance, func(line string) bool { return !isDistance(line) && !strings.HasPrefix(line, "import vrf ") })
		}
		rest = append(rest, instance)
	}
	return rest
}

// isDistance reports whether a line is about the routes of a prefix.
func isDistance(line string) bool {
	return strings.HasPrefix(line, "distance ") && !strings.HasPrefix(line, "distance bgp ")
}
