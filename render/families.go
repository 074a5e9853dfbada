package render

import (
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// appliedFamilies are the address families that are rendered, in FRR's order.
var appliedFamilies = []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast}

// globalFamilies are the families of the speaker: IPv4 and IPv6 unicast where
// none is stated.
func (r *resolver) globalFamilies() []v1.Family {
	stated := r.spec.Global.Families
	if len(stated) == 0 {
		return appliedFamilies
	}
	for _, f := range stated {
		if !slices.Contains(appliedFamilies, f) {
			r.note("spec.global.families", "NotApplied", "%s is not applied yet", f)
		}
	}
	return inOrder(stated)
}

// sessionFamilies are the families of a session: those stated and enabled, or
// else fallback; and of these the ones that the speaker handles.
func (r *resolver) sessionFamilies(path string, stated []v1.AfiSafi, fallback, global []v1.Family) []v1.Family {
	wanted := fallback
	if len(stated) > 0 {
		wanted = nil
		for _, a := range stated {
			if a.Enabled != nil && !*a.Enabled {
				continue
			}
			switch {
			case !slices.Contains(appliedFamilies, a.Family):
				r.note(path+".afiSafis", "NotApplied", "%s is not applied yet", a.Family)
			case !slices.Contains(global, a.Family):
				r.note(path+".afiSafis", "FamilyNotEnabled", "%s is not among spec.global.families and stays inactive", a.Family)
			}
			wanted = append(wanted, a.Family)
		}
	}
	return slices.DeleteFunc(inOrder(wanted), func(f v1.Family) bool { return !slices.Contains(global, f) })
}

// inOrder keeps the families that are rendered, each once, in FRR's order.
func inOrder(families []v1.Family) []v1.Family {
	var ordered []v1.Family
	for _, f := range appliedFamilies {
		if slices.Contains(families, f) {
			ordered = append(ordered, f)
		}
	}
	return ordered
}
