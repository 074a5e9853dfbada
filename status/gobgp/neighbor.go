package gobgp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render/token"
)

// detail is what bgpd says of one neighbor.
type detail struct {
	Address      text   `json:"bgpNeighborAddr"` // of an unnumbered one
	RemoteAS     uint32 `json:"remoteAs"`
	LocalAS      uint32 `json:"localAs"`
	External     bool   `json:"nbrExternalLink"`
	Description  text   `json:"nbrDesc"`
	RouterID     text   `json:"remoteRouterId"`
	State        text   `json:"bgpState"`
	Up           int64  `json:"bgpTimerUpMsec"`
	Since        int64  `json:"bgpTimerUpEstablishedEpoch"`
	Hold         int64  `json:"bgpTimerHoldTimeMsecs"`
	Keepalive    int64  `json:"bgpTimerKeepAliveIntervalMsecs"`
	OwnHold      int64  `json:"bgpTimerConfiguredHoldTimeMsecs"`
	OwnKeepalive int64  `json:"bgpTimerConfiguredKeepAliveIntervalMsecs"`
	HostLocal    text   `json:"hostLocal"`
	NextHop      text   `json:"nexthop"`
	NextHopV6    text   `json:"nexthopGlobal"`
	NextHopLocal text   `json:"nexthopLocal"`
	Dropped      uint64 `json:"connectionsDropped"`

	Capabilities map[string]json.RawMessage `json:"neighborCapabilities"`
	Messages     struct {
		Queued                               uint64 `json:"depthOutq"`
		OpensSent, OpensRecv                 uint64
		NotificationsSent, NotificationsRecv uint64
		UpdatesSent, UpdatesRecv             uint64
		KeepalivesSent, KeepalivesRecv       uint64
		RouteRefreshSent, RouteRefreshRecv   uint64
		TotalSent, TotalRecv                 uint64
	} `json:"messageStats"`
	Families map[string]struct {
		Accepted int64  `json:"acceptedPrefixCounter"`
		Sent     int64  `json:"sentPrefixCounter"`
		Limit    uint64 `json:"prefixAllowedMax"`
		Warning  uint64 `json:"prefixAllowedWarningThresh"`
		Client   bool   `json:"routeReflectorClient"`
	} `json:"addressFamilyInfo"`
}

// find asks for a neighbor by its name in FRR, in whatever VRF it is.
func (a *answerer) find() (session, detail, error) {
	instances, err := a.instances()
	if err != nil {
		return session{}, detail{}, err
	}
	for _, s := range sessions(instances) {
		if token.Canonical(s.name) != a.Neighbor {
			continue
		}
		in, err := scope(s.vrf)
		if err != nil {
			return s, detail{}, err
		}
		var answer map[string]json.RawMessage
		if err := a.get("show bgp "+in+"neighbors "+s.name+" json", &answer); err != nil {
			return s, detail{}, err
		}
		var d detail
		if raw, ok := answer[s.name]; ok {
			if err := json.Unmarshal(raw, &d); err != nil {
				return s, d, fmt.Errorf("FRR's answer about the neighbor %s is not understood: %s", Text(s.name), Text(err.Error()))
			}
			return s, d, nil
		}
	}
	return session{}, detail{}, fmt.Errorf("not found neighbor %s", Text(a.Neighbor))
}

// neighbor is `gobgp neighbor ADDRESS`.
func (a *answerer) neighbor() error {
	s, d, err := a.find()
	if err != nil {
		return err
	}
	if a.JSON {
		return a.print(neighborJSON(s, d))
	}
	up := s.State == established
	a.printf("BGP neighbor is %s, remote AS %s", Text(token.Canonical(s.name)), asNumber(d.RemoteAS))
	for _, f := range d.Families {
		if f.Client {
			a.printf(", route-reflector-client")
			break
		}
	}
	id := string(d.RouterID)
	if id == "" || id == "0.0.0.0" {
		id = "unknown"
	}
	a.printf("\n  BGP version 4, remote router ID %s\n", id)
	state, _, _ := strings.Cut(string(s.State), " ")
	a.printf("  BGP state = %s", strings.ToUpper(state))
	if up {
		a.printf(", up for %s", since(time.UnixMilli(d.Up), time.UnixMilli(0)))
	}
	a.printf("\n  BGP OutQ = %d, Flops = %d\n", d.Messages.Queued, d.Dropped)
	hold, keepalive := d.Hold/1000, d.Keepalive/1000
	if !up {
		hold, keepalive = 0, 0 // nothing is negotiated
	}
	a.printf("  Hold time is %d, keepalive interval is %d seconds\n", hold, keepalive)
	a.printf("  Configured hold time is %d, keepalive interval is %d seconds\n", d.OwnHold/1000, d.OwnKeepalive/1000)
	a.printf("  \n  Neighbor capabilities:\n")
	a.capabilities(d.Capabilities)
	m := d.Messages
	a.printf("  Message statistics:\n                         Sent       Rcvd\n")
	for _, row := range []struct {
		name           string
		sent, received uint64
	}{
		{"Opens:", m.OpensSent, m.OpensRecv}, {"Notifications:", m.NotificationsSent, m.NotificationsRecv},
		{"Updates:", m.UpdatesSent, m.UpdatesRecv}, {"Keepalives:", m.KeepalivesSent, m.KeepalivesRecv},
		{"Route Refresh:", m.RouteRefreshSent, m.RouteRefreshRecv}, {"Discarded:", 0, 0}, {"Total:", m.TotalSent, m.TotalRecv},
	} {
		a.printf("    %-14s %10d %10d\n", row.name, row.sent, row.received)
	}
	var sent, accepted int64
	for _, f := range d.Families {
		sent, accepted = sent+f.Sent, accepted+f.Accepted
	}
	a.printf("  Route statistics:\n    Advertised:    %10d\n    Received:      %10d\n    Accepted:      %10d\n", sent, accepted, accepted)
	a.limits(d)
	return nil
}

func (a *answerer) limits(d detail) {
	title := "  Prefix Limits:\n"
	for _, name := range slices.Sorted(maps.Keys(d.Families)) {
		f := d.Families[name]
		if f.Limit == 0 {
			continue
		}
		a.printf("%s    %s:\tMaximum prefixes allowed %d", title, familyName(name), f.Limit)
		if f.Warning > 0 {
			a.printf(", Threshold for warning message %d%%", f.Warning)
		}
		a.printf("\n")
		title = ""
	}
}

// familyName is GoBGP's name of a family ("ipv4-unicast") for FRR's ("ipv4Unicast").
func familyName(frr string) string {
	var b strings.Builder
	for _, r := range Text(frr) {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
