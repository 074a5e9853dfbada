package supervise

import (
	"strings"

	"github.com/k8frr/k8frr/supervise/plan"
)

// settings are the fields that lines of a BGP instance come from, by how these begin.
var settings = []struct{ begins, field string }{
	{"bgp always-compare-med", "spec.global.routeSelectionOptions.alwaysCompareMed"},
	{"bgp bestpath as-path ignore", "spec.global.routeSelectionOptions.ignoreAsPathLength"},
	{"bgp bestpath compare-routerid", "spec.global.routeSelectionOptions.externalCompareRouterID"},
	{"bgp bestpath aigp", "spec.global.routeSelectionOptions.enableAigp"},
	{"bgp bestpath as-path multipath-relax", "spec.global.useMultiplePaths"},
	{"maximum-paths ", "spec.global.useMultiplePaths"},
	{"distance bgp ", "spec.global.defaultRouteDistance"},
	{"bgp graceful-restart", "spec.global.gracefulRestart"},
	{"bgp confederation ", "spec.global.confederation"},
	{"bgp router-id ", "spec.global.routerID"},
}

// settingOf returns the field that a line of a BGP instance comes from, "" if that is
// not known.
func (d *desired) settingOf(c plan.Command) string {
	if len(c.Context) == 0 || !strings.HasPrefix(c.Context[0], "router bgp ") {
		return ""
	}
	line := strings.TrimPrefix(c.Line, "no ")
	for _, s := range settings {
		if strings.HasPrefix(line, s.begins) && d.isOwn()(c) {
			return s.field
		}
	}
	return ""
}
