package v1

// ASN is a four-octet autonomous system number (RFC 6793). 0 stands for "not
// stated", as AS 0 is reserved (RFC 7607).
//
// +kubebuilder:validation:Type=integer
// +kubebuilder:validation:Format=int64
// +kubebuilder:validation:Maximum=4294967295
type ASN uint32

// Family names an address family and subsequent address family (RFC 4760).
//
// +kubebuilder:validation:Enum=ipv4-unicast;ipv6-unicast;ipv4-multicast;ipv6-multicast;ipv4-labeled;ipv6-labeled;ipv4-vpn;ipv6-vpn;l2vpn-vpls;l2vpn-evpn;ipv4-flowspec;ipv6-flowspec;rtc
type Family string

// The address families that a configuration can name.
const (
	IPv4Unicast   Family = "ipv4-unicast"
	IPv6Unicast   Family = "ipv6-unicast"
	IPv4Multicast Family = "ipv4-multicast"
	IPv6Multicast Family = "ipv6-multicast"
	IPv4Labeled   Family = "ipv4-labeled"
	IPv6Labeled   Family = "ipv6-labeled"
	IPv4VPN       Family = "ipv4-vpn"
	IPv6VPN       Family = "ipv6-vpn"
	L2VPNVPLS     Family = "l2vpn-vpls"
	L2VPNEVPN     Family = "l2vpn-evpn"
	IPv4Flowspec  Family = "ipv4-flowspec"
	IPv6Flowspec  Family = "ipv6-flowspec"
	RTC           Family = "rtc"
)

// Global is the BGP speaker of a node.
type Global struct {
	// ASN is the local autonomous system number, 1 to 4294967295.
	// +kubebuilder:validation:Minimum=1
	ASN ASN `json:"asn"`

	// RouterID is the BGP identifier: an IPv4 address; a template, one of
	// ${NODE_IP}, ${NODE_IPV4}, ${NODE_EXTERNAL_IP} and
	// ${node.annotations['key']}; or empty for the node's internal IPv4
	// address, or a hash of its name if it has none.
	// +kubebuilder:validation:MaxLength=256
	RouterID string `json:"routerID,omitempty"`

	// RouterIDPool is the IPv4 network, /24 or larger, that hashed router IDs
	// are taken from. 10.255.0.0/16 if empty.
	// +kubebuilder:validation:MaxLength=18
	RouterIDPool string `json:"routerIDPool,omitempty"`

	// ListenPort is the TCP port that bgpd listens on: 0 or absent for 179,
	// -1 for none. A change restarts bgpd.
	// +kubebuilder:validation:Minimum=-1
	// +kubebuilder:validation:Maximum=65535
	ListenPort int32 `json:"listenPort,omitempty"`

	// ListenAddresses are the local addresses that bgpd listens on; all if
	// empty. A change restarts bgpd.
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=64
	ListenAddresses []string `json:"listenAddresses,omitempty"`

	// Families are the address families that this speaker handles.
	// ipv4-unicast and ipv6-unicast if empty.
	// +kubebuilder:validation:MaxItems=16
	Families []Family `json:"families,omitempty"`

	// UseMultiplePaths installs equal paths side by side (ECMP).
	UseMultiplePaths bool `json:"useMultiplePaths,omitempty"`

	// RouteSelectionOptions change how the best path is chosen.
	RouteSelectionOptions *RouteSelectionOptions `json:"routeSelectionOptions,omitempty"`

	// DefaultRouteDistance is the administrative distance of BGP routes.
	DefaultRouteDistance *RouteDistance `json:"defaultRouteDistance,omitempty"`

	// Confederation makes this speaker a member of an AS confederation (RFC 5065).
	Confederation *Confederation `json:"confederation,omitempty"`

	// GracefulRestart is the default for every neighbor (RFC 4724).
	GracefulRestart *GracefulRestart `json:"gracefulRestart,omitempty"`

	// ApplyPolicy is applied to every neighbor that has none of its own.
	ApplyPolicy *ApplyPolicy `json:"applyPolicy,omitempty"`

	// BindToDevice is the interface that the speaker is bound to.
	// +kubebuilder:validation:MaxLength=64
	BindToDevice string `json:"bindToDevice,omitempty"`

	// NodeStatus sets how nodes report.
	NodeStatus *NodeStatusConfig `json:"nodeStatus,omitempty"`
}

// RouteSelectionOptions change how the best path is chosen.
type RouteSelectionOptions struct {
	// AlwaysCompareMED compares the MED of paths from different neighboring ASes.
	AlwaysCompareMED bool `json:"alwaysCompareMed,omitempty"`
	// IgnoreASPathLength leaves the length of the AS path out of the choice.
	IgnoreASPathLength bool `json:"ignoreAsPathLength,omitempty"`
	// ExternalCompareRouterID compares the router IDs of external paths.
	ExternalCompareRouterID bool `json:"externalCompareRouterID,omitempty"`
	// AdvertiseInactiveRoutes advertises routes that are not in the FIB.
	AdvertiseInactiveRoutes bool `json:"advertiseInactiveRoutes,omitempty"`
	// EnableAIGP compares the accumulated IGP metric (RFC 7311).
	EnableAIGP bool `json:"enableAigp,omitempty"`
	// IgnoreNextHopIGPMetric leaves the IGP metric to the next hop out of the choice.
	IgnoreNextHopIGPMetric bool `json:"ignoreNextHopIgpMetric,omitempty"`
	// DisableBestPathSelection chooses no best path at all.
	DisableBestPathSelection bool `json:"disableBestPathSelection,omitempty"`
}

// RouteDistance is the administrative distance of BGP routes, lower preferred.
type RouteDistance struct {
	// ExternalRouteDistance is for routes from other ASes, 20 if absent.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	ExternalRouteDistance uint32 `json:"externalRouteDistance,omitempty"`
	// InternalRouteDistance is for routes from the own AS, 200 if absent.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	InternalRouteDistance uint32 `json:"internalRouteDistance,omitempty"`
}

// Confederation is membership in an AS confederation (RFC 5065).
type Confederation struct {
	Enabled bool `json:"enabled,omitempty"`
	// Identifier is the AS number that the confederation shows to others.
	// +kubebuilder:validation:Minimum=0
	Identifier ASN `json:"identifier,omitempty"`
	// MemberASList are the member ASes other than the own.
	// +kubebuilder:validation:items:Minimum=0
	// +kubebuilder:validation:MaxItems=4096
	MemberASList []ASN `json:"memberAsList,omitempty"`
}

// GracefulRestart keeps routes while a speaker restarts (RFC 4724).
type GracefulRestart struct {
	Enabled bool `json:"enabled,omitempty"`
	// RestartTime is how long, in seconds, peers keep routes for a restart.
	// +kubebuilder:validation:Maximum=4095
	// +kubebuilder:validation:Minimum=0
	RestartTime uint32 `json:"restartTime,omitempty"`
	// HelperOnly helps restarting peers but does not ask for help.
	HelperOnly bool `json:"helperOnly,omitempty"`
}

// NodeStatusConfig sets how each node writes its BGPNodeStatus.
type NodeStatusConfig struct {
	// Enabled writes a BGPNodeStatus per node; true if absent.
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`
	// HeartbeatSeconds is how often the object is written when nothing
	// changes; 60 if absent, at least 10.
	// +kubebuilder:default=60
	// +kubebuilder:validation:Minimum=10
	HeartbeatSeconds *int32 `json:"heartbeatSeconds,omitempty"`
}
