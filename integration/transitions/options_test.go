//go:build linux

package transitions_test

import (
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
)

// options are changes of one line each, entered as the renderer prints them.
var options = []change{
	// of an instance
	ofInstance("path selection", " bgp always-compare-med\n bgp bestpath as-path ignore\n bgp bestpath as-path multipath-relax\n bgp bestpath compare-routerid\n"),
	{
		name:  "cluster ID",
		from:  func(_ *render.Input, s *v1.BGPConfigurationSpec) { find(s, loose).Config.PeerASN = 65001 },
		make:  func(*render.Input, *v1.BGPConfigurationSpec) {},
		drift: []string{" bgp router-id 10.1.0.9\n", " bgp router-id 10.1.0.9\n bgp cluster-id 10.0.0.77\n"},
	},
	ofInstance("confederation", " bgp confederation identifier 65100\n bgp confederation peers 65101 65102\n"),
	ofInstance("confederation peers", " bgp confederation peers 65101 65102\n"),
	ofInstance("graceful restart", " bgp graceful-restart\n"),
	ofInstance("no graceful restart", " bgp graceful-restart-disable\n"),
	ofInstance("restart time", " bgp graceful-restart restart-time 60\n bgp graceful-restart preserve-fw-state\n"),
	byHand("distances, paths", family4, family4+"  distance bgp 21 201 202\n  maximum-paths 1\n  maximum-paths ibgp 1\n"),
	byHand("range", ipv4Family, " bgp listen limit 5000\n bgp listen range 10.3.0.0/24 peer-group FABRIC\n"+ipv4Family),
	byHand("VRF instance", "ip protocol bgp", "router bgp 65001 vrf blue\n bgp router-id 10.1.0.99\n neighbor "+alone4+" remote-as 65000\n"+
		" address-family ipv4 unicast\n  rd vpn export 65000:1\n  rt vpn both 65000:1\n  label vpn export auto\n  export vpn\n  import vpn\n exit-address-family\nexit\nip protocol bgp"),
	byHand("profile", "ip protocol bgp", "bfd\n profile K8FRR-BFD-400-500-5\n  transmit-interval 400\n exit\nexit\nip protocol bgp"),

	// of a neighbor
	ofNeighbor("local AS", "local-as 65077 no-prepend replace-as"),
	ofNeighbor("multihop", "ebgp-multihop 5"),
	ofNeighbor("GTSM", "ttl-security hops 250"),
	ofNeighbor("update source", "update-source eth0"),
	ofNeighbor("no connected check", "disable-connected-check"),
	ofNeighbor("graceful restart", "graceful-restart"),
	ofNeighbor("graceful restart helper", "graceful-restart-helper"),
	ofNeighbor("no graceful restart", "graceful-restart-disable"),
	ofNeighbor("BFD", "bfd"),
	since10(ofNeighbor("software version", "capability software-version")),
	byHand("passive", " neighbor "+linkLocal+" interface eth2\n", " neighbor "+linkLocal+" interface eth2\n neighbor "+linkLocal+" passive\n"),

	// of a neighbor in an address family
	inFamily("all paths", "addpath-tx-all-paths"),
	since10(inFamily("best paths", "addpath-tx-best-selected 3")),
	inFamily("no paths received", "disable-addpath-rx"),
	inFamily("own AS allowed", "allowas-in 2"),
	inFamily("AS override", "as-override"),
	inFamily("private AS removed", "remove-private-AS all"),
	inFamily("private AS replaced", "remove-private-AS all replace-AS"),
	inFamily("next-hop-self", "next-hop-self"),
	inFamily("soft reconfiguration", "soft-reconfiguration inbound"),
	inFamily("weight", "weight 5"),
	inFamily("prefix limit", "maximum-prefix 100 80"),
	inFamily("inbound policy", "route-map K8FRR-ORIGINATED in"),
	since10(inFamily("dampening", "dampening")),
	byHand("no communities", active4, active4+"  no neighbor "+alone4+" send-community all\n"),
	{
		name:  "reflector client",
		from:  func(_ *render.Input, s *v1.BGPConfigurationSpec) { find(s, loose).Config.PeerASN = 65001 },
		make:  func(*render.Input, *v1.BGPConfigurationSpec) {},
		drift: []string{"  neighbor " + loose + " activate\n", "  neighbor " + loose + " activate\n  neighbor " + loose + " route-reflector-client\n"},
	},

	// further address families
	activated("ipv4 multicast"), activated("ipv4 vpn"), activated("ipv6 vpn"), activated("ipv4 flowspec"), activated("l2vpn evpn"),

	// of a group
	byHand("group: inbound policy, AS override, prefix limit", "  neighbor FABRIC activate\n",
		"  neighbor FABRIC activate\n  neighbor FABRIC as-override\n  neighbor FABRIC maximum-prefix 100\n  neighbor FABRIC route-map K8FRR-ORIGINATED in\n"),
	byHand("group: own AS allowed", "  neighbor FABRIC activate\n", "  neighbor FABRIC activate\n  neighbor FABRIC allowas-in 2\n"),
	byHand("group: multihop", " neighbor FABRIC remote-as 65000\n", " neighbor FABRIC remote-as 65000\n neighbor FABRIC ebgp-multihop 5\n"),
	byHand("group: BFD", " neighbor FABRIC remote-as 65000\n", " neighbor FABRIC remote-as 65000\n neighbor FABRIC bfd\n"),
}

const (
	ipv4Family = " address-family ipv4 unicast\n"
	family4    = "  redistribute connected route-map K8FRR-IMPORT-CONNECTED\n"
	active4    = "  neighbor " + alone4 + " activate\n"
	remoteAS4  = " neighbor " + alone4 + " remote-as 65000\n"
)

func ofInstance(name, lines string) change {
	return byHand(name, " bgp router-id 10.1.0.9\n", " bgp router-id 10.1.0.9\n"+lines)
}

func ofNeighbor(name, option string) change {
	return byHand(name, remoteAS4, remoteAS4+" neighbor "+alone4+" "+option+"\n")
}

func inFamily(name, option string) change {
	return byHand(name, active4, active4+"  neighbor "+alone4+" "+option+"\n")
}

func activated(family string) change {
	return byHand(family, ipv4Family, " address-family "+family+"\n  neighbor "+alone4+" activate\n exit-address-family\n"+ipv4Family)
}

// since10 is a change that FRR 8.4 does not know.
func since10(c change) change {
	c.since = lab.FRR103.Name
	return c
}
