package fields

var speaker = []Row{
	{
		Fields:  []string{"global.asn"},
		Fate:    Rendered,
		Becomes: "`router bgp ASN`; every 4-byte number",
		Proof:   []string{"integration/sessions/testdata/asn4.txtar"},
	},
	{
		Fields:  []string{"global.routerID", "global.routerIDPool"},
		Fate:    Rendered,
		Becomes: "`bgp router-id ADDRESS`, from the address, the template, the node's address or a hash of its name",
		Said:    "a derived one that changes under a session: it stays, and the status names the pending one",
		Proof:   []string{"render/routerid_test.go", "integration/agent/routerid_test.go#TestRouterIDIsHeld", "integration/sessions/testdata/ipv6-only.txtar"},
	},
	{
		Fields:  []string{"global.listenPort", "global.listenAddresses"},
		Fate:    Rendered,
		Becomes: "bgpd's options `-p PORT` and `-l ADDRESS` in the `daemons` file (`--daemons-file`); -1 is `-p 0`",
		Said:    "while bgpd listens elsewhere: it takes the options at its next start; what this node cannot listen on: it is left out, and `-p 0` if nothing remains",
		Proof:   []string{"integration/sessions/testdata/listen.txtar"},
	},
	{
		Fields:  []string{"global.families"},
		Fate:    Partly,
		Becomes: "`address-family AF` for each",
		Said:    "`l2vpn-vpls`, `rtc`: FRR has no such family",
		Proof:   []string{"integration/sessions/testdata/families.txtar", "integration/sessions/testdata/families-gobgp.txtar"},
	},
	{
		Fields:  []string{"global.useMultiplePaths"},
		Fate:    Rendered,
		Becomes: "`bgp bestpath as-path multipath-relax`; without it `maximum-paths 1` and `maximum-paths ibgp 1`, because FRR's own default is several paths",
		Proof:   []string{"integration/sessions/testdata/multipath.txtar"},
	},
	{
		Fields:  []string{"global.routeSelectionOptions.alwaysCompareMed"},
		Fate:    Rendered,
		Becomes: "`bgp always-compare-med`",
		Proof:   []string{"integration/sessions/testdata/selection.txtar"},
	},
	{
		Fields:  []string{"global.routeSelectionOptions.ignoreAsPathLength"},
		Fate:    Rendered,
		Becomes: "`bgp bestpath as-path ignore`",
		Proof:   []string{"integration/sessions/testdata/selection.txtar"},
	},
	{
		Fields:  []string{"global.routeSelectionOptions.externalCompareRouterID"},
		Fate:    Rendered,
		Becomes: "`bgp bestpath compare-routerid`",
		Proof:   []string{"integration/sessions/testdata/selection.txtar"},
	},
	{
		Fields:  []string{"global.routeSelectionOptions.enableAigp"},
		Fate:    Partly,
		Becomes: "`bgp bestpath aigp`, FRR 10",
		Said:    "FRR 8.4 has none",
		Proof:   []string{"render/testdata/speaker.txtar"},
	},
	{
		Fields: []string{
			"global.routeSelectionOptions.ignoreNextHopIgpMetric", "global.routeSelectionOptions.disableBestPathSelection",
		},
		Fate:    Noted,
		Becomes: "FRR always compares the metric to the next hop, and always chooses",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"global.routeSelectionOptions.advertiseInactiveRoutes"},
		Fate:    Usual,
		Becomes: "FRR advertises a route whether or not the kernel has it",
		Proof:   []string{"render/fields_test.go#TestNoFieldIsWithoutEffect"},
	},
	{
		Fields:  []string{"global.defaultRouteDistance.externalRouteDistance", "global.defaultRouteDistance.internalRouteDistance"},
		Fate:    Rendered,
		Becomes: "`distance bgp EXTERNAL INTERNAL LOCAL` in the unicast families",
		Proof:   []string{"integration/sessions/testdata/distance.txtar"},
	},
	{
		Fields:  []string{"global.confederation.enabled", "global.confederation.identifier", "global.confederation.memberAsList"},
		Fate:    Rendered,
		Becomes: "`bgp confederation identifier ASN`, `bgp confederation peers ASN …`",
		Proof:   []string{"integration/sessions/testdata/confederation.txtar"},
	},
	{
		Fields:  []string{"global.gracefulRestart.enabled", "global.gracefulRestart.restartTime", "global.gracefulRestart.helperOnly"},
		Fate:    Rendered,
		Becomes: "`bgp graceful-restart`, `bgp graceful-restart restart-time SECONDS`",
		Proof:   []string{"integration/sessions/testdata/restart-frr.txtar", "integration/sessions/testdata/restart-bird.txtar", "integration/sessions/testdata/restart-helper.txtar"},
	},
	{
		Fields: []string{
			"global.applyPolicy.importPolicy.name", "global.applyPolicy.importPolicy.policies", "global.applyPolicy.importPolicy.defaultAction",
			"global.applyPolicy.exportPolicy.name", "global.applyPolicy.exportPolicy.policies", "global.applyPolicy.exportPolicy.defaultAction",
		},
		Fate:    Rendered,
		Becomes: "the route maps of neighbors that have no policy of their own, nor of their peer group",
		Said:    "a policy that can announce learned routes",
		Proof:   []string{"integration/sessions/testdata/policy.txtar", "integration/sessions/testdata/transit-policy.txtar", "render/testdata/policies.txtar", "integration/policy/testdata/default-reject.txtar"},
	},
	{
		Fields:  []string{"global.bindToDevice"},
		Fate:    Noted,
		Becomes: "FRR binds an instance to a VRF only: `neighbors.config.vrf`",
		Proof:   []string{"render/testdata/not-applied.txtar"},
	},
	{
		Fields:  []string{"global.nodeStatus.enabled", "global.nodeStatus.heartbeatSeconds"},
		Fate:    Rendered,
		Becomes: "not FRR's: whether and how often the agent writes the node's BGPNodeStatus",
		Proof:   []string{"integration/status/cluster_test.go"},
	},
}
