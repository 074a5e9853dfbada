package v1

// NetlinkImport announces the prefixes that local interfaces carry.
type NetlinkImport struct {
	Enabled bool `json:"enabled,omitempty"`
	// VRF is the VRF to announce in; the default one if empty.
	// +kubebuilder:validation:MaxLength=256
	VRF string `json:"vrf,omitempty"`
	// InterfaceList are names of interfaces or glob patterns of names
	// (kube-lb0, eth*).
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=256
	InterfaceList []string `json:"interfaceList,omitempty"`
}

// NetlinkExport installs learned routes into the kernel.
type NetlinkExport struct {
	Enabled bool `json:"enabled,omitempty"`
	// DampeningInterval collects changes for so long, in milliseconds.
	// +kubebuilder:validation:Minimum=0
	DampeningInterval uint32 `json:"dampeningInterval,omitempty"`
	// RouteProtocol is the kernel's protocol number of the routes; 186 (BGP)
	// if absent.
	RouteProtocol int32 `json:"routeProtocol,omitempty"`
	// Rules select the routes: a route that any rule matches is installed.
	// +kubebuilder:validation:MaxItems=256
	Rules []NetlinkExportRule `json:"rules,omitempty"`
}

// Community is a community value AS:VALUE (RFC 1997).
//
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:Pattern=`^\d{1,5}:\d{1,5}$`
type Community string

// LargeCommunity is a large community value GLOBAL:LOCAL1:LOCAL2 (RFC 8092).
//
// +kubebuilder:validation:MaxLength=128
// +kubebuilder:validation:Pattern=`^\d+:\d+:\d+$`
type LargeCommunity string

// NetlinkExportRule selects routes by community and says where they go.
type NetlinkExportRule struct {
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// CommunityList: a route with any of these matches. With both lists empty
	// every route matches.
	// +kubebuilder:validation:MaxItems=128
	CommunityList []Community `json:"communityList,omitempty"`
	// LargeCommunityList: a route with any of these matches.
	// +kubebuilder:validation:MaxItems=128
	LargeCommunityList []LargeCommunity `json:"largeCommunityList,omitempty"`
	// VRF is the VRF whose table the routes go to.
	// +kubebuilder:validation:MaxLength=256
	VRF string `json:"vrf,omitempty"`
	// TableID is the kernel table that the routes go to; 0 for main.
	TableID int32 `json:"tableId,omitempty"`
	// Metric is the metric in the kernel; 20 if absent.
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	Metric uint32 `json:"metric,omitempty"`
	// ValidateNexthop installs only routes whose next hop is reachable; true
	// if absent.
	ValidateNexthop *bool `json:"validateNexthop,omitempty"`
}

// VRF is a routing table with BGP of its own (RFC 4364).
type VRF struct {
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// RD is the route distinguisher.
	// +kubebuilder:validation:MaxLength=64
	RD string `json:"rd,omitempty"`
	// ImportRT are the route targets of VPN routes to import.
	// +kubebuilder:validation:MaxItems=1024
	// +kubebuilder:validation:items:MaxLength=64
	ImportRT []string `json:"importRt,omitempty"`
	// ExportRT are the route targets put on exported VPN routes.
	// +kubebuilder:validation:MaxItems=1024
	// +kubebuilder:validation:items:MaxLength=64
	ExportRT []string `json:"exportRt,omitempty"`
	// NetlinkImport announces what interfaces of the VRF carry.
	NetlinkImport *VRFNetlinkImport `json:"netlinkImport,omitempty"`
	// NetlinkExport installs the VRF's routes into the kernel.
	NetlinkExport *VRFNetlinkExport `json:"netlinkExport,omitempty"`
}

// VRFNetlinkImport announces the prefixes that interfaces of a VRF carry.
type VRFNetlinkImport struct {
	Enabled bool `json:"enabled,omitempty"`
	// InterfaceList are names of interfaces or glob patterns of names.
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=256
	InterfaceList []string `json:"interfaceList,omitempty"`
}

// VRFNetlinkExport installs routes of a VRF into the kernel.
type VRFNetlinkExport struct {
	Enabled bool `json:"enabled,omitempty"`
	// LinuxVRF is the kernel's VRF device; the VRF's name if empty.
	// +kubebuilder:validation:MaxLength=256
	LinuxVRF string `json:"linuxVrf,omitempty"`
	// LinuxTableID is the kernel table; the device's if 0.
	LinuxTableID int32 `json:"linuxTableId,omitempty"`
	// Metric is the metric in the kernel.
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	Metric uint32 `json:"metric,omitempty"`
	// ValidateNexthop installs only routes whose next hop is reachable; true
	// if absent.
	ValidateNexthop *bool `json:"validateNexthop,omitempty"`
	// CommunityList: a route with any of these matches.
	// +kubebuilder:validation:MaxItems=128
	CommunityList []Community `json:"communityList,omitempty"`
	// LargeCommunityList: a route with any of these matches.
	// +kubebuilder:validation:MaxItems=128
	LargeCommunityList []LargeCommunity `json:"largeCommunityList,omitempty"`
}
