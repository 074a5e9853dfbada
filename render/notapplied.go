package render

import (
	"reflect"
	"strconv"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// applied lists the fields of a spec that are rendered or otherwise acted
// upon, list indices left out. A field that is set and that no entry covers is
// told to the user: nothing is ignored in silence.
var applied = []string{
	"global.asn",
	"global.routerID",
	"global.routerIDPool",
	"global.families",
	"global.nodeStatus",
	"global.listenPort",
	"global.listenAddresses",
	"global.useMultiplePaths",
	"global.routeSelectionOptions.alwaysCompareMed",
	"global.routeSelectionOptions.ignoreAsPathLength",
	"global.routeSelectionOptions.externalCompareRouterID",
	"global.routeSelectionOptions.enableAigp",
	// FRR advertises a route whether or not the kernel has it.
	"global.routeSelectionOptions.advertiseInactiveRoutes",
	"global.defaultRouteDistance",
	"global.confederation",
	"global.gracefulRestart",
	"global.applyPolicy",

	"neighbors.nodeSelector",
	"neighbors.authPasswordSecretRef",
	"neighbors.afiSafis",
	"neighbors.timers",
	// allowAspathLoopLocal, too: FRR leaves it to the peer to find loops, unless
	// told `neighbor PEER sender-as-path-loop-detection`.
	"neighbors.config",
	"neighbors.transport.localAddress",
	"neighbors.transport.passiveMode",
	"neighbors.transport.bindInterface",
	"neighbors.gracefulRestart",
	"neighbors.routeReflector",
	"neighbors.ebgpMultihop",
	"neighbors.bfd",
	"neighbors.applyPolicy",

	"peerGroups.nodeSelector",
	"peerGroups.afiSafis",
	"peerGroups.timers",
	"peerGroups.config",
	"peerGroups.transport.localAddress",
	"peerGroups.transport.passiveMode",
	"peerGroups.transport.bindInterface",
	"peerGroups.bfd",
	"peerGroups.applyPolicy",

	"dynamicNeighbors",
	"policyDefinitions",
	"definedSets",

	"netlinkImport",
	"netlinkExport",
	"vrfs",
}

// reasons say why FRR cannot do what a field asks for, and what comes nearest.
var reasons = map[string]string{
	"global.bindToDevice": "FRR binds no instance to an interface: a VRF separates one, named at its neighbors in config.vrf, and transport.bindInterface sets the source of a session",
	"global.routeSelectionOptions.ignoreNextHopIgpMetric":   "FRR always compares the metric to the next hop; routes of equal metric are used side by side with useMultiplePaths",
	"global.routeSelectionOptions.disableBestPathSelection": "FRR always chooses a best path; without an export policy none of another peer is advertised, and without netlinkExport none reaches the kernel",
	"neighbors.transport.ipTos":                             tosReason,
	"peerGroups.transport.ipTos":                            tosReason,
}

const tosReason = "FRR has one value for all sessions of a node: `bgp session-dscp`, which can be set in an own template; it is 48, the type of service 192, by itself"

// harmless are settings that a field not applied may have, because they ask
// for what happens anyway.
var harmless = map[string]func(reflect.Value) bool{
	"neighbors.transport.ipTos":  isCS6,
	"peerGroups.transport.ipTos": isCS6,
}

// isCS6 reports whether a type of service is class selector 6, which is FRR's.
func isCS6(v reflect.Value) bool { return v.Uint() == 0xc0 }

// NotApplied returns a note for every field of a spec that is set and has no
// effect.
func NotApplied(spec *v1.BGPConfigurationSpec) []Note {
	var notes []Note
	walk("", "spec", reflect.ValueOf(spec).Elem(), &notes)
	return notes
}

// walk visits what is set. bare is the path without indices, path the one with.
func walk(bare, path string, v reflect.Value, notes *[]Note) {
	if v.IsZero() {
		return
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && leadsToApplied(bare) {
		for i := range v.Len() {
			walk(bare, path+"["+strconv.Itoa(i)+"]", v.Index(i), notes)
		}
		return
	}
	switch {
	case bare != "" && isApplied(bare):
	case v.Kind() == reflect.Struct && (bare == "" || leadsToApplied(bare)):
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name == "" { // inlined
				walk(bare, path, v.Field(i), notes)
				continue
			}
			walk(strings.TrimPrefix(bare+"."+name, "."), path+"."+name, v.Field(i), notes)
		}
	default:
		if fine, ok := harmless[bare]; ok && fine(v) {
			return
		}
		message, known := reasons[bare]
		if !known {
			message = "is not applied yet"
		}
		*notes = append(*notes, Note{Path: path, Reason: "NotApplied", Message: message})
	}
}

// isApplied reports whether a field or one that holds it is applied.
func isApplied(bare string) bool {
	for _, a := range applied {
		if bare == a || isWithin(bare, a) {
			return true
		}
	}
	return false
}

// leadsToApplied reports whether a field within this one is applied.
func leadsToApplied(bare string) bool {
	for _, a := range applied {
		if isWithin(a, bare) {
			return true
		}
	}
	return false
}

// isWithin reports whether a field is within another.
func isWithin(field, other string) bool {
	return len(field) > len(other) && field[len(other)] == '.' && strings.HasPrefix(field, other)
}
