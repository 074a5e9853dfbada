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

	"neighbors.nodeSelector",
	"neighbors.authPasswordSecretRef",
	"neighbors.afiSafis.family",
	"neighbors.afiSafis.enabled",
	"neighbors.timers",
	"neighbors.config.neighborAddress",
	"neighbors.config.neighborInterface",
	"neighbors.config.peerAsn",
	"neighbors.config.peerGroup",
	"neighbors.config.description",
	"neighbors.config.adminDown",
	"neighbors.config.vrf", // left out with a note of its own
	"neighbors.config.authPassword",
	"neighbors.config.authPasswordSecretRef",

	"peerGroups.nodeSelector",
	"peerGroups.afiSafis.family",
	"peerGroups.afiSafis.enabled",
	"peerGroups.timers",
	"peerGroups.config.peerGroupName",
	"peerGroups.config.peerAsn",
	"peerGroups.config.description",
	"peerGroups.config.authPassword",
	"peerGroups.config.authPasswordSecretRef",

	"netlinkImport",
}

// harmless are settings that a field not applied may have, because they ask
// for what happens anyway.
var harmless = map[string]func(reflect.Value) bool{
	"global.listenPort":         func(v reflect.Value) bool { return v.Int() == defaultListenPort },
	"netlinkExport":             func(v reflect.Value) bool { return !v.FieldByName("Enabled").Bool() },
	"neighbors.bfd":             func(v reflect.Value) bool { return isFalse(v.FieldByName("Enabled")) },
	"peerGroups.bfd":            func(v reflect.Value) bool { return isFalse(v.FieldByName("Enabled")) },
	"global.confederation":      func(v reflect.Value) bool { return !v.FieldByName("Enabled").Bool() },
	"global.gracefulRestart":    func(v reflect.Value) bool { return v.IsZero() },
	"neighbors.gracefulRestart": func(v reflect.Value) bool { return v.IsZero() },
	"neighbors.routeReflector":  func(v reflect.Value) bool { return v.IsZero() },
	"neighbors.ebgpMultihop":    func(v reflect.Value) bool { return !v.FieldByName("Enabled").Bool() },
}

func isFalse(v reflect.Value) bool { return !v.IsNil() && !v.Elem().Bool() }

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
		*notes = append(*notes, Note{Path: path, Reason: "NotApplied", Message: "is not applied yet"})
	}
}

// isApplied says whether a field or one that holds it is applied.
func isApplied(bare string) bool {
	for _, a := range applied {
		if bare == a || strings.HasPrefix(bare, a+".") {
			return true
		}
	}
	return false
}

// leadsToApplied says whether a field within this one is applied.
func leadsToApplied(bare string) bool {
	for _, a := range applied {
		if strings.HasPrefix(a, bare+".") {
			return true
		}
	}
	return false
}
