package review

// nothingAnnounced finds a configuration that has neighbors, and neither
// announces anything of interfaces nor installs what it learns.
func (r *review) nothingAnnounced() {
	s := r.spec
	if len(s.Neighbors)+len(s.DynamicNeighbors) == 0 || s.NetlinkImport != nil && s.NetlinkImport.Enabled || s.NetlinkExport != nil && s.NetlinkExport.Enabled {
		return
	}
	for i := range s.VRFs {
		v := &s.VRFs[i]
		if v.NetlinkImport != nil && v.NetlinkImport.Enabled || v.NetlinkExport != nil && v.NetlinkExport.Enabled {
			return
		}
	}
	r.find(Warning, "NothingAnnounced", "spec.netlinkImport", nil, "is not enabled, and neither is netlinkExport: the nodes announce nothing to their neighbors, and use nothing that they learn")
}
