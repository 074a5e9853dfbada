package random

import (
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// place is where a neighbor is found.
type place struct{ address, iface string }

var places = []place{
	{address: "10.1.0.1"}, {address: "10.1.0.2"}, {address: "10.1.0.3"}, {address: "192.0.2.1"},
	{address: "2001:db8::1"}, {address: "2001:db8::2"}, {address: "fe80::1%eth0"}, {iface: "eth2"}, {iface: "swp1s0"},
}

var descriptions = []string{"", "", "tor", "the  rack's \"first\" router", "! no comment", "# neither", "shutdown", "a|b | c", `\ ? ; $(x) %n 日本`, "password x"}

func neighbor(c choice, at place) v1.Neighbor {
	n := v1.Neighbor{
		Config: v1.NeighborConfig{
			NeighborAddress: at.address, NeighborInterface: at.iface,
			PeerASN: pick(c, peerASNs...), Description: pick(c, descriptions...), AdminDown: c.oneIn(8),
			SessionConfig: sessionConfig(c),
		},
		NodeSelector: selector(c), AfiSafis: afiSafis(c), ApplyPolicy: maybe(c, applyPolicy),
		Timers: maybe(c, timers), Transport: maybe(c, transport(at.address)), BFD: maybe(c, bfd),
		GracefulRestart: maybe(c, gracefulRestart),
	}
	switch c.IntN(3) {
	case 0:
		n.Config.PeerGroup = pick(c, groupNames...)
	case 1:
		n.Config.VRF = pick(c, "", "", vrfNames[0], vrfNames[1])
	}
	if c.oneIn(8) {
		n.AuthPasswordSecretRef, n.Config.AuthPasswordSecretRef = n.Config.AuthPasswordSecretRef, nil
	}
	if c.oneIn(4) {
		n.RouteReflector = &v1.RouteReflector{RouteReflectorClient: !c.oneIn(4), RouteReflectorClusterID: pick(c, "", "10.1.0.99")}
	}
	if c.oneIn(4) {
		n.EBGPMultihop = &v1.EBGPMultihop{Enabled: !c.oneIn(4), MultihopTTL: pick[uint32](c, 0, 2, 255)}
	}
	return n
}

func peerGroup(c choice, name string) v1.PeerGroup {
	g := v1.PeerGroup{
		Config: v1.PeerGroupConfig{
			Name: name, Description: pick(c, descriptions...), SessionConfig: sessionConfig(c),
		},
		NodeSelector: selector(c), AfiSafis: afiSafis(c), ApplyPolicy: maybe(c, applyPolicy),
		Timers: maybe(c, timers), Transport: maybe(c, transport("")), BFD: maybe(c, bfd),
	}
	if c.oneIn(2) {
		g.Config.PeerASN = pick(c, peerASNs...)
	}
	return g
}

func sessionConfig(c choice) v1.SessionConfig {
	s := v1.SessionConfig{
		LocalASN:             pick[v1.ASN](c, 0, 0, 0, 64512),
		AuthPassword:         pick(c, "", "", "", "hunter2", "s3cret!", `"#\?`, "pässwörd", "7"),
		AllowOwnASN:          pick[uint32](c, 0, 0, 0, 1, 3, 10, 20),
		ReplacePeerASN:       c.oneIn(4),
		AllowASPathLoopLocal: c.oneIn(4),
		SendCommunity:        pick(c, "", "", "standard", "extended", "both", "none"),
		RemovePrivate:        pick(c, "", "", "all", "replace"),
		RouteFlapDamping:     c.oneIn(8),
		SendSoftwareVersion:  c.oneIn(4),
	}
	if c.oneIn(4) {
		s.AuthPasswordSecretRef = &v1.SecretKeyRef{Name: pick(c, "a", "b", "missing"), Key: pick(c, "", "key"), Optional: maybe(c, func(c choice) bool { return c.oneIn(2) })}
	}
	return s
}

func afiSafis(c choice) []v1.AfiSafi {
	if c.oneIn(2) {
		return nil
	}
	var list []v1.AfiSafi
	for _, f := range some(c, append(unicast, pick(c, families[2:]...))...) {
		a := v1.AfiSafi{Family: f, Enabled: maybe(c, func(c choice) bool { return !c.oneIn(4) })}
		if c.oneIn(3) {
			a.PrefixLimit = &v1.PrefixLimit{MaxPrefixes: 1 + c.upTo(1000), ShutdownThresholdPct: pick[uint32](c, 0, 75, 80, 100)}
		}
		if c.oneIn(3) {
			a.AddPaths = &v1.AddPaths{Receive: c.oneIn(2), SendMax: pick[uint32](c, 0, 1, 4)}
		}
		list = append(list, a)
	}
	return list
}

// timers states each timer in one of its two spellings.
func timers(c choice) v1.Timers {
	config := func() v1.TimersConfig {
		return v1.TimersConfig{
			ConnectRetry:                 maybe(c, func(c choice) uint32 { return pick[uint32](c, 0, 1, 120, 65535) }),
			HoldTime:                     maybe(c, func(c choice) uint32 { return pick[uint32](c, 0, 3, 9, 90, 65535) }),
			KeepaliveInterval:            maybe(c, func(c choice) uint32 { return pick[uint32](c, 0, 1, 3, 30) }),
			MinimumAdvertisementInterval: maybe(c, func(c choice) uint32 { return pick[uint32](c, 0, 1, 30, 600) }),
		}
	}
	if c.oneIn(2) {
		return v1.Timers{Config: new(config())}
	}
	return v1.Timers{TimersConfig: config()}
}

// transport has a local address of the peer's family.
func transport(peer string) func(choice) v1.Transport {
	local := []string{"", "10.1.0.9"}
	switch {
	case peer == "":
		local = []string{"", "", "10.1.0.9"}
	case strings.Contains(peer, ":"):
		local = []string{"", "2001:db8::9"}
	}
	return func(c choice) v1.Transport {
		t := v1.Transport{PassiveMode: c.oneIn(3), IPTOS: pick[uint32](c, 0, 0, 64, 192)}
		if c.oneIn(2) {
			t.LocalAddress = pick(c, local...)
		} else {
			t.BindInterface = pick(c, "", "eth0", "lo")
		}
		return t
	}
}

func bfd(c choice) v1.BFD {
	b := v1.BFD{Enabled: maybe(c, func(c choice) bool { return !c.oneIn(3) })}
	if c.oneIn(2) {
		b.Port = pick[uint32](c, 3784, 3784, 4784)
		b.DesiredMinimumTxInterval = pick[uint32](c, 300000, 500000, 1000000)
		b.RequiredMinimumReceive = pick[uint32](c, 300000, 1000000)
		b.DetectionMultiplier = pick[uint32](c, 3, 5, 255)
	}
	return b
}
