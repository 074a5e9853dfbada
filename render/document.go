package render

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// The route maps and the prefix list of this project.
const (
	importMap     = NamePrefix + "IMPORT"
	originatedMap = NamePrefix + "ORIGINATED"
	kernelMap     = NamePrefix + "KERNEL"
	listedName    = NamePrefix + "LISTED"
)

// document is what the templates print: a Config turned into FRR's own terms.
type document struct {
	*Config
	Tag        int
	NamePrefix string
	KernelMap  string
	Lists      []prefixListEntry
	RouteMaps  []routeMapEntry
	Neighbors  []neighborLines
	Families   []addressFamily
	Statics    []static
}

// prefixListEntry is a line of an IPv4 ("ip") or IPv6 ("ipv6") prefix list.
type prefixListEntry struct {
	Kind, Name     string
	Seq            uint32
	Action, Prefix string
}

type routeMapEntry struct {
	Name, Action string
	Seq          uint32
	Lines        []string
}

type neighborLines struct {
	Neighbor
	// Introduction are the commands that make FRR know the neighbor.
	Introduction []string
}

type addressFamily struct {
	Name                 string
	ImportMap, ExportMap string
	Redistribute         []string
	// Active are the peer groups and neighbors to activate, less the members
	// of groups that are active themselves: FRR does not show those.
	Active []string
	// Inactive are members that do not take part although their group does.
	Inactive []string
}

type static struct{ Kind, Prefix, Interface string }

// sessionLines are what a neighbor and a peer group have in common.
type sessionLines struct {
	Peer        string
	Description string
	AdminDown   bool
	Session
}

func newDocument(c *Config) document {
	d := document{Config: c, Tag: Tag, NamePrefix: NamePrefix, KernelMap: kernelMap}
	if c.Import.Enabled {
		d.Lists = importLists(c.Import)
		d.RouteMaps = append(d.RouteMaps, importRouteMap(c)...)
	}
	d.RouteMaps = append(d.RouteMaps,
		// Without an export policy a node advertises what it originates, and
		// never becomes transit between its peers.
		routeMapEntry{Name: originatedMap, Action: "permit", Seq: 10, Lines: []string{fmt.Sprintf("match tag %d", Tag)}},
		// Learned routes stay out of the kernel (`ip protocol bgp route-map`).
		routeMapEntry{Name: kernelMap, Action: "deny", Seq: 10},
	)
	for _, n := range c.Neighbors {
		d.Neighbors = append(d.Neighbors, neighborLines{n, introduction(n, c.PeerGroups)})
	}
	for _, f := range c.Families {
		d.Families = append(d.Families, newAddressFamily(c, f))
	}
	for _, m := range c.Import.Mirrored {
		d.Statics = append(d.Statics, static{kind(m.Prefix.Addr().Is4()), m.Prefix.String(), m.Interface})
	}
	return d
}

// introduction creates a neighbor, by the lines that FRR shows for it.
func introduction(n Neighbor, groups []PeerGroup) []string {
	remoteAS := fmt.Sprintf("remote-as %d", n.PeerASN)
	grouped := n.PeerGroup != ""
	groupStatesAS := slices.ContainsFunc(groups, func(g PeerGroup) bool { return g.Name == n.PeerGroup && g.PeerASN != 0 })
	var how []string
	switch {
	case !grouped && n.Unnumbered():
		how = []string{"interface " + remoteAS}
	case !grouped:
		how = []string{remoteAS}
	case n.Unnumbered() && groupStatesAS:
		how = []string{"interface peer-group " + n.PeerGroup}
	case n.Unnumbered():
		how = []string{"interface peer-group " + n.PeerGroup, remoteAS}
	case groupStatesAS:
		how = []string{"peer-group " + n.PeerGroup}
	default:
		how = []string{remoteAS, "peer-group " + n.PeerGroup}
	}
	if n.Address.IsLinkLocalUnicast() && n.Interface != "" {
		how = append(how, "interface "+n.Interface)
	}
	for i, h := range how {
		how[i] = "neighbor " + n.ID + " " + h
	}
	return how
}

func newAddressFamily(c *Config, f v1.Family) addressFamily {
	af := addressFamily{
		Name:      map[v1.Family]string{v1.IPv4Unicast: "ipv4 unicast", v1.IPv6Unicast: "ipv6 unicast"}[f],
		ImportMap: importMap,
		ExportMap: originatedMap,
	}
	if c.Import.Enabled {
		af.Redistribute = redistributed(c.Dialect)
	}
	groups := map[string]bool{}
	for _, g := range c.PeerGroups {
		if groups[g.Name] = slices.Contains(g.Families, f); groups[g.Name] {
			af.Active = append(af.Active, g.Name)
		}
	}
	for _, n := range c.Neighbors {
		switch takesPart := slices.Contains(n.Families, f); {
		case takesPart && !groups[n.PeerGroup]:
			af.Active = append(af.Active, n.ID)
		case !takesPart && groups[n.PeerGroup]:
			af.Inactive = append(af.Inactive, n.ID)
		}
	}
	return af
}

func kind(is4 bool) string {
	if is4 {
		return "ip"
	}
	return "ipv6"
}

// lines joins what belongs to one route-map entry.
func lines(format string, args ...any) []string {
	return strings.Split(fmt.Sprintf(format, args...), "\n")
}
