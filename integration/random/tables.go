package random

import v1 "github.com/k8frr/k8frr/api/v1"

func netlinkImport(c choice) v1.NetlinkImport {
	return v1.NetlinkImport{Enabled: !c.oneIn(6), VRF: pick(c, "", "", "", "blue"), InterfaceList: interfaceList(c)}
}

func interfaceList(c choice) []string {
	return some(c, append(interfaceNames, "dummy*", "eth[0-9]")...)
}

func netlinkExport(c choice) v1.NetlinkExport {
	e := v1.NetlinkExport{
		Enabled:           !c.oneIn(4),
		DampeningInterval: pick[uint32](c, 0, 0, 100, 500),
		RouteProtocol:     pick[int32](c, 0, 0, 186, 200),
	}
	for _, name := range some(c, "default", "edge", "blue only") {
		e.Rules = append(e.Rules, v1.NetlinkExportRule{
			Name:               name,
			CommunityList:      some[v1.Community](c, "65000:1", "65000:2", "65535:65281"),
			LargeCommunityList: some[v1.LargeCommunity](c, "65000:1:2", "4200000000:0:7"),
			VRF:                pick(c, "", "", "", "blue"),
			TableID:            pick[int32](c, 0, 0, 100, 254),
			Metric:             pick[uint32](c, 0, 0, 20, 77),
			ValidateNexthop:    maybe(c, func(c choice) bool { return c.oneIn(2) }),
		})
		if r := &e.Rules[len(e.Rules)-1]; r.VRF != "" {
			r.TableID = 0
		}
	}
	return e
}

func vrf(c choice, name string) v1.VRF {
	v := v1.VRF{
		Name:     name,
		RD:       pick(c, "", "65001:1", "10.1.0.9:7", "4200000001:2"),
		ImportRT: some(c, "65001:100", "10.1.0.9:100", "4200000001:100"),
		ExportRT: some(c, "65001:100", "10.1.0.9:200"),
	}
	if c.oneIn(2) {
		v.NetlinkImport = &v1.VRFNetlinkImport{Enabled: !c.oneIn(4), InterfaceList: interfaceList(c)}
	}
	if c.oneIn(2) {
		v.NetlinkExport = &v1.VRFNetlinkExport{
			Enabled:            !c.oneIn(4),
			LinuxVRF:           pick(c, "", "vrf-"+name),
			LinuxTableID:       pick[int32](c, 0, 0, 1000),
			Metric:             pick[uint32](c, 0, 20, 77),
			ValidateNexthop:    maybe(c, func(c choice) bool { return c.oneIn(2) }),
			CommunityList:      some[v1.Community](c, "65000:1", "65000:3"),
			LargeCommunityList: some[v1.LargeCommunity](c, "65000:1:2"),
		}
	}
	return v
}
