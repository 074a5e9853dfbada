package render

import (
	"net/netip"
	"slices"
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Speaker is how a BGP instance as a whole behaves. It is the same for all
// instances of a node but for the cluster ID.
type Speaker struct {
	// MultiplePaths uses paths that are equal but for their neighboring AS
	// side by side; else there is one path for a prefix.
	MultiplePaths bool
	Selection     Selection
	// Distance is that of BGP routes; zero for FRR's own, 20 and 200.
	Distance Distance
	// Confederation is nil for none.
	Confederation *Confederation
	Restart       Restart
	// ClusterID is that of a route reflector; invalid for the router ID.
	ClusterID netip.Addr
}

// Selection is how the best path is chosen, where that is not as usual.
type Selection struct {
	AlwaysCompareMED, IgnoreASPathLength, CompareRouterID, AIGP bool
}

// Distance is the administrative distance of routes, 1 to 255.
type Distance struct{ External, Internal, Local uint32 }

// Confederation is membership in an AS confederation (RFC 5065).
type Confederation struct {
	Identifier v1.ASN
	// Peers are the member ASes other than the own, sorted.
	Peers []v1.ASN
}

// Restart is how an instance takes part in graceful restarts (RFC 4724).
type Restart struct {
	// Mode is Restarts or NoRestart; "" only helps, which is FRR's default.
	Mode RestartMode
	// Seconds is how long peers wait for a restart; 0 for FRR's 120.
	Seconds uint32
	// Preserved tells peers that forwarding goes on during a restart.
	Preserved bool
}

// defaultRestartTime is FRR's, in seconds, which it does not show.
const defaultRestartTime = 120

// speaker resolves what holds for a BGP instance as a whole.
func (r *resolver) speaker() Speaker {
	g := &r.spec.Global
	out := Speaker{MultiplePaths: g.UseMultiplePaths, Restart: r.restart(g.GracefulRestart)}
	if o := g.RouteSelectionOptions; o != nil {
		out.Selection = r.selection(o)
	}
	if d := g.DefaultRouteDistance; d != nil && (d.ExternalRouteDistance != 0 || d.InternalRouteDistance != 0) {
		out.Distance = distance(d)
	}
	if c := g.Confederation; c != nil && c.Enabled {
		out.Confederation = &Confederation{Identifier: c.Identifier, Peers: otherMembers(c, g.ASN)}
	}
	return out
}

func (r *resolver) selection(o *v1.RouteSelectionOptions) Selection {
	if o.EnableAIGP && !r.in.Dialect.AIGP {
		r.note("spec.global.routeSelectionOptions.enableAigp", "NotApplied", "this version of FRR does not compare the accumulated IGP metric; 10.1 and later do")
	}
	return Selection{
		AlwaysCompareMED:   o.AlwaysCompareMED,
		IgnoreASPathLength: o.IgnoreASPathLength,
		CompareRouterID:    o.ExternalCompareRouterID,
		AIGP:               o.EnableAIGP && r.in.Dialect.AIGP,
	}
}

// distance completes a stated distance. FRR's third value is for routes that
// the node itself makes, aggregates, and stays as it is.
func distance(d *v1.RouteDistance) Distance {
	out := Distance{External: 20, Internal: 200, Local: 200}
	if d.ExternalRouteDistance != 0 {
		out.External = d.ExternalRouteDistance
	}
	if d.InternalRouteDistance != 0 {
		out.Internal = d.InternalRouteDistance
	}
	if (out == Distance{20, 200, 200}) {
		return Distance{} // FRR does not show its own
	}
	return out
}

// inConfederation reports whether an AS is another member of the confederation.
func (r *resolver) inConfederation(a v1.ASN) bool {
	c := r.spec.Global.Confederation
	return c != nil && c.Enabled && slices.Contains(otherMembers(c, r.spec.Global.ASN), a)
}

func otherMembers(c *v1.Confederation, own v1.ASN) []v1.ASN {
	members := slices.Clone(c.MemberASList)
	slices.Sort(members)
	return slices.DeleteFunc(slices.Compact(members), func(a v1.ASN) bool { return a == own })
}

// restart resolves the speaker's part in graceful restarts. FRR helps others
// unless told not to.
func (r *resolver) restart(g *v1.GracefulRestart) Restart {
	if g == nil {
		return Restart{}
	}
	var out Restart
	if g.RestartTime != defaultRestartTime {
		out.Seconds = g.RestartTime // for neighbors that restart, if the speaker does not
	}
	switch {
	case !g.Enabled:
		out.Mode = NoRestart
		return out
	case g.HelperOnly:
		return out
	}
	// What forwards for the service addresses is the kernel, which goes on
	// while bgpd restarts; a peer that is not told so drops the routes as soon
	// as bgpd is back (RFC 4724 section 4.2).
	out.Mode, out.Preserved = Restarts, true
	return out
}

// modeOf is a session's part in graceful restarts.
func modeOf(g *v1.GracefulRestart) RestartMode {
	switch {
	case !g.Enabled:
		return NoRestart
	case g.HelperOnly:
		return Helps
	}
	return Restarts
}

// restartsFor reports whether the speaker's restart time is this one.
func (r *resolver) restartsFor(seconds uint32) bool {
	g := r.spec.Global.GracefulRestart
	if g == nil || g.RestartTime == 0 {
		return seconds == defaultRestartTime
	}
	return seconds == g.RestartTime
}

// clusterID settles that of an instance: FRR has one, while each neighbor may
// state its own. That of the first client is used.
func (r *resolver) clusterID(i *Instance, peers []peer) {
	for _, p := range peers {
		if p.clusterID == "" {
			continue
		}
		field := p.Path + ".routeReflector.routeReflectorClusterId"
		addr := clusterAddr(p.clusterID)
		switch {
		case !p.said.everywhere.RouteReflectorClient:
			r.note(field, "NotApplied", "has no effect, as the neighbor is not a client of this route reflector")
		case !i.ClusterID.IsValid():
			i.ClusterID = addr
		case i.ClusterID != addr:
			r.note(field, "NotApplied", "FRR has one cluster ID for all clients, and another of them states %s", i.ClusterID)
		}
	}
}

// clusterAddr reads a cluster ID, an IPv4 address or a number, as FRR shows it.
func clusterAddr(s string) netip.Addr {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
	}
	return netip.MustParseAddr(s) // validate has parsed it
}
