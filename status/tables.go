package status

import (
	v1 "github.com/k8frr/k8frr/api/v1"
)

// What FRR gives a BGP route in the kernel, whatever is declared.
const (
	kernelProtocol = 186 // RTPROT_BGP
	kernelMetric   = 20
	mainTable      = 254 // RT_TABLE_MAIN
)

// netlinkExport says what is put into the kernel: the rules as they run.
func (b *builder) netlinkExport() *v1.NetlinkExportStatus {
	export := b.config.Export
	out := &v1.NetlinkExportStatus{Enabled: export.Enabled}
	if !out.Enabled {
		return out
	}
	out.Protocol = kernelProtocol
	for _, rule := range export.Rules {
		table := int32(mainTable)
		if rule.Table != 0 {
			table = int32(rule.Table)
		}
		out.Rules = append(out.Rules, v1.ExportRuleStatus{Name: rule.Name, Metric: kernelMetric, TableID: table})
	}
	return out
}

// vrfs names the VRFs that run.
func (b *builder) vrfs() []v1.VRFStatus {
	var out []v1.VRFStatus
	for _, v := range b.config.VRFs {
		out = append(out, v1.VRFStatus{Name: v.VRF, RD: v.VPN.RD})
	}
	return out
}
