package render

import (
	"fmt"
	"slices"
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// The route maps and the prefix lists of this project. importMap is followed by
// the type of route.
const (
	importMap     = NamePrefix + "IMPORT"
	originatedMap = NamePrefix + "ORIGINATED"
	kernelMap     = NamePrefix + "KERNEL"
	listedName    = NamePrefix + "LISTED"
	staleName     = NamePrefix + "STALE"
	martianName   = NamePrefix + "MARTIAN"
)

// document is what the templates print: a Config turned into FRR's own terms.
type document struct {
	*Config
	Tag            int
	StaticDistance int
	NamePrefix     string
	KernelMap      string
	Lists          []listEntry
	RouteMaps      []routeMapEntry
	Instances      []instance
	Statics        []static
	// VRFs are what is said of VRFs outside of BGP.
	VRFs []vrf
	// BFD are the profiles that sessions use.
	BFD []bfdProfile
}

// instance is a BGP instance in FRR's terms.
type instance struct {
	*Instance
	ASN       v1.ASN
	RouterID  RouterID
	Neighbors []neighborLines
	Families  []addressFamily
	// ListenLimit is how many peers may come from all ranges; 0 without any.
	ListenLimit int
}

// bfdProfile is a named set of BFD settings.
type bfdProfile struct {
	Name  string
	Lines []string
}

// listEntry is a line of a list that route maps consult.
type listEntry struct {
	Command string // such as "ip prefix-list"
	Name    string
	Seq     uint32
	Action  string
	Value   string
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
	Name         string
	Distance     Distance
	Redistribute []source
	// SinglePath says that there is one path for a prefix.
	SinglePath bool
	// VPN is what a VRF exchanges with VPNs.
	VPN []string
	// Peers are the peer groups, then the neighbors.
	Peers []peerFamily
}

// peerFamily is a peer group or a neighbor in an address family.
type peerFamily struct {
	Peer string
	// Activation is the command that makes it take part, or not; "" for a
	// member that does as its group: FRR does not show that.
	Activation string
	FamilySession
}

type static struct{ Kind, Prefix, Interface string }

func statics(i *Instance) []static {
	var out []static
	for _, m := range i.Import.Mirrored {
		out = append(out, static{kind(m.Prefix.Addr().Is4()), m.Prefix.String(), m.Interface})
	}
	return out
}

// vrf is a VRF outside of BGP.
type vrf struct {
	Name      string
	Statics   []static
	KernelMap string
}

// sessionLines are what a neighbor and a peer group have in common.
type sessionLines struct {
	Peer        string
	Description string
	AdminDown   bool
	Session
}

func newDocument(c *Config) document {
	d := document{Config: c, Tag: Tag, StaticDistance: StaticDistance, NamePrefix: NamePrefix, KernelMap: kernelMap, Lists: martianLists()}
	for _, i := range c.Instances() {
		if i.Import.Enabled {
			d.Lists = slices.Concat(d.Lists, importLists(i), i.staleLists())
			d.RouteMaps = append(d.RouteMaps, importRouteMaps(i, c.Dialect)...)
		}
	}
	// Without an export policy a node advertises what it originates, and never
	// becomes transit between its peers.
	d.RouteMaps = append(append(d.RouteMaps, denyMartians(originatedMap)...),
		routeMapEntry{Name: originatedMap, Action: "permit", Seq: 10, Lines: []string{matchTag(Tag)}})
	// Learned routes stay out of the kernel, but for those that are marked for
	// it (`ip protocol bgp route-map`).
	for _, i := range c.Instances() {
		d.RouteMaps = append(d.RouteMaps, i.kernelEntries()...)
		d.addMap(i.marking())
	}
	for _, m := range c.Policies {
		d.addMap(m)
	}
	for _, i := range c.Instances() {
		d.Instances = append(d.Instances, newInstance(c, i))
	}
	for _, b := range bfdProfiles(c.Instances()...) {
		d.BFD = append(d.BFD, bfdProfile{b.Profile(), b.lines()})
	}
	d.Statics = statics(&c.Instance)
	for _, v := range c.VRFs {
		d.VRFs = append(d.VRFs, vrf{v.Device, statics(&v.Instance), v.named(kernelMap)})
	}
	return d
}

// entries is how many entries the document has, for the budget of templates.
func (d *document) entries() int {
	n := len(d.Lists) + len(d.RouteMaps) + len(d.Statics) + len(d.BFD)
	for _, i := range d.Instances {
		n += len(i.PeerGroups) + len(i.Neighbors) + len(i.Ranges) + len(i.Families)*(1+len(i.Neighbors)+len(i.PeerGroups))
	}
	for _, v := range d.VRFs {
		n += 1 + len(v.Statics)
	}
	return n
}

// addMap adds the route map of a chain of policies, and those of its lists that
// no other one has added.
func (d *document) addMap(m policy.Map) {
	for _, e := range m.Entries {
		d.RouteMaps = append(d.RouteMaps, routeMapEntry{m.Name, e.Action, e.Seq, e.Lines})
	}
	for _, l := range m.Lists {
		if slices.ContainsFunc(d.Lists, func(e listEntry) bool { return e.Command == l.Command && e.Name == l.Name }) {
			continue
		}
		for _, e := range l.Entries {
			d.Lists = append(d.Lists, listEntry{l.Command, l.Name, e.Seq, "permit", e.Value})
		}
	}
}

func newInstance(c *Config, i *Instance) instance {
	out := instance{Instance: i, ASN: c.ASN, RouterID: c.RouterID}
	if len(i.Ranges) > 0 {
		out.ListenLimit = listenLimit
	}
	for _, n := range i.Neighbors {
		out.Neighbors = append(out.Neighbors, neighborLines{n, introduction(n, i.PeerGroups)})
	}
	for _, n := range familyNames {
		plain := slices.Contains(i.Families, n.family)
		// Labeled routes are made from those of the unlabeled family.
		labeled := slices.ContainsFunc(i.Families, func(f v1.Family) bool { return unlabeled[f] == n.family })
		if plain || labeled {
			out.Families = append(out.Families, newAddressFamily(c, i, n.family))
		}
	}
	return out
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

func newAddressFamily(c *Config, i *Instance, f v1.Family) addressFamily {
	af := addressFamily{Name: familyName(f)}
	if slices.Contains(unicast, f) {
		af.Distance, af.SinglePath = i.Distance, !i.MultiplePaths
		if i.Import.Enabled {
			af.Redistribute = i.sources(c.Dialect)
		}
		af.VPN = i.vpnLines()
	}
	active, refuses := map[string]bool{}, map[string]bool{}
	for _, g := range i.PeerGroups {
		fs, takesPart := g.Family(f)
		if active[g.Name], refuses[g.Name] = takesPart, fs.AddPaths.NotReceived; takesPart {
			af.Peers = append(af.Peers, peerFamily{g.Name, activation(g.Name, true), fs})
		}
	}
	for _, n := range i.Neighbors {
		fs, takesPart := n.Family(f)
		p := peerFamily{Peer: n.ID, FamilySession: fs}
		// FRR shows this one of every member, even of one that takes no part.
		p.AddPaths.NotReceived = p.AddPaths.NotReceived || refuses[n.PeerGroup]
		if takesPart != active[n.PeerGroup] {
			p.Activation = activation(n.ID, takesPart)
		}
		if p != (peerFamily{Peer: n.ID, FamilySession: FamilySession{Family: f}}) {
			af.Peers = append(af.Peers, p)
		}
	}
	return af
}

func activation(peer string, active bool) string {
	if active {
		return "neighbor " + peer + " activate"
	}
	return "no neighbor " + peer + " activate"
}

func kind(is4 bool) string {
	if is4 {
		return "ip"
	}
	return "ipv6"
}

func matchTag(tag int) string { return "match tag " + strconv.Itoa(tag) }

func setTag(tag int) string { return "set tag " + strconv.Itoa(tag) }
