package fields

var vrfs = []Row{
	{
		Fields:  []string{"vrfs.name"},
		Fate:    Rendered,
		Becomes: "`router bgp ASN vrf NAME`",
		Proof:   []string{"integration/vrf/vrf_test.go#TestExport"},
	},
	{
		Fields:  []string{"vrfs.rd"},
		Fate:    Rendered,
		Becomes: "`rd vpn export RD`, `label vpn export auto`",
		Proof:   []string{"integration/vrf/vrf_test.go#TestVPN"},
	},
	{
		Fields:  []string{"vrfs.importRt", "vrfs.exportRt"},
		Fate:    Rendered,
		Becomes: "`rt vpn import RT …`, `rt vpn export RT …`, `import vpn`, `export vpn`",
		Proof:   []string{"integration/vrf/vrf_test.go#TestVPN"},
	},
	{
		Fields:  []string{"vrfs.netlinkImport.enabled", "vrfs.netlinkImport.interfaceList"},
		Fate:    Rendered,
		Becomes: "`vrf NAME` with `ip route PREFIX INTERFACE tag 7473 17`, redistributed in the VRF's instance",
		Proof:   []string{"integration/vrf/vrf_test.go#TestImport"},
	},
	{
		Fields: []string{
			"vrfs.netlinkExport.enabled", "vrfs.netlinkExport.communityList", "vrfs.netlinkExport.largeCommunityList",
			"vrfs.netlinkExport.linuxVrf", "vrfs.netlinkExport.linuxTableId",
		},
		Fate:    Rendered,
		Becomes: "`vrf NAME` with `ip protocol bgp route-map K8FRR-KERNEL-NAME`; for another table than the VRF's own `set table ID`",
		Proof:   []string{"integration/vrf/vrf_test.go#TestExport", "render/testdata/vrfs.txtar", "render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"vrfs.netlinkExport.metric", "vrfs.netlinkExport.validateNexthop"},
		Fate:    Noted,
		Becomes: "as in `netlinkExport.rules`",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
}

var tables = []Row{
	{
		Fields:  []string{"netlinkImport.enabled", "netlinkImport.interfaceList"},
		Fate:    Rendered,
		Becomes: "`ip route PREFIX INTERFACE tag 7473 17`, `redistribute TYPE route-map K8FRR-IMPORT-TYPE`: every prefix once, whichever route zebra selects",
		Said:    "prefixes shorter than /8 (IPv4) and /16 (IPv6); default routes, which are never announced",
		Proof:   []string{"integration/agent/doors_test.go#TestDoors", "integration/agent/doors_test.go#TestPatterns", "integration/announce/story_test.go#TestOracle", "integration/announce/imports_test.go#TestShortMasks", "integration/agent/node_test.go"},
	},
	{
		Fields:  []string{"netlinkImport.vrf"},
		Fate:    Rendered,
		Becomes: "the same in the instance of that VRF",
		Said:    "no such VRF in `vrfs`; interfaces of other VRFs",
		Proof:   []string{"integration/vrf/vrf_test.go#TestImportOfTheSpeaker"},
	},
	{
		Fields:  []string{"netlinkExport.enabled"},
		Fate:    Rendered,
		Becomes: "`ip protocol bgp route-map K8FRR-KERNEL`: off, no learned route enters the kernel",
		Proof:   []string{"integration/export/export_test.go#TestOff"},
	},
	{
		Fields:  []string{"netlinkExport.rules.communityList", "netlinkExport.rules.largeCommunityList"},
		Fate:    Rendered,
		Becomes: "entries of the inbound route map that give the route a tag or a table",
		Proof:   []string{"integration/export/export_test.go#TestRules"},
	},
	{
		Fields:  []string{"netlinkExport.rules.tableId", "netlinkExport.rules.vrf"},
		Fate:    Rendered,
		Becomes: "`set table ID` in the inbound route map; main: `set tag 7474`",
		Said:    "a route that rules for several tables select goes to the main one if that is among them, else to the lowest number",
		Proof:   []string{"integration/export/export_test.go#TestRules", "integration/vrf/vrf_test.go#TestExport"},
	},
	{
		Fields:  []string{"netlinkExport.rules.name"},
		Fate:    Label,
		Becomes: "names the rule in the status",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"netlinkExport.rules.metric"},
		Fate:    Noted,
		Becomes: "FRR's BGP routes have metric 20 in the kernel",
		Said:    "none for 20",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"netlinkExport.rules.validateNexthop"},
		Fate:    Noted,
		Becomes: "FRR installs a route only while its next hop is reachable",
		Said:    "none for true",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"netlinkExport.dampeningInterval"},
		Fate:    Noted,
		Becomes: "FRR does not collect changes: a route is installed within some 10 ms",
		Said:    "none for 100, the default",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"netlinkExport.routeProtocol"},
		Fate:    Noted,
		Becomes: "FRR's BGP routes have protocol 186 (bgp)",
		Said:    "none for 186",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
}
