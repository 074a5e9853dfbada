package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// BGPNodeStatus is what one node reports of its BGP. It has the name of the
// node and is written by that node's agent only.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=bgpnodestatuses,singular=bgpnodestatus,scope=Cluster,shortName=bgpns
// +kubebuilder:printcolumn:name="Node",type=string,JSONPath=`.status.nodeName`
// +kubebuilder:printcolumn:name="RouterID",type=string,JSONPath=`.status.routerID`
// +kubebuilder:printcolumn:name="Healthy",type=boolean,JSONPath=`.status.healthy`
// +kubebuilder:printcolumn:name="Neighbors",type=integer,JSONPath=`.status.neighborCount`
// +kubebuilder:printcolumn:name="Established",type=integer,JSONPath=`.status.establishedCount`
// +kubebuilder:printcolumn:name="Prefixes",type=integer,JSONPath=`.status.rib.localRouteCount`
// +kubebuilder:printcolumn:name="Configuration",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="ConfigurationApplied")].reason`
// +kubebuilder:printcolumn:name="LastUpdated",type=date,JSONPath=`.status.lastUpdated`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type BGPNodeStatus struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is empty: the object only reports.
	Spec   BGPNodeStatusSpec `json:"spec,omitempty"`
	Status BGPNodeStatusData `json:"status,omitempty"`
}

// BGPNodeStatusList is a list of BGPNodeStatuses.
//
// +kubebuilder:object:root=true
type BGPNodeStatusList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []BGPNodeStatus `json:"items"`
}

// BGPNodeStatusSpec is empty: the object only reports.
type BGPNodeStatusSpec struct{}

// How many entries of each kind a status lists at most. The totals beside the
// lists stay true. Of a route, so many communities and peers are listed: a peer
// may send thousands, and a status has to fit into what etcd takes.
const (
	MaxLocalRoutes       = 500
	MaxReceivedRoutes    = 100
	MaxExportedRoutes    = 500
	MaxImportedAddresses = 500
	MaxCommunities       = 32
	MaxAdvertisedTo      = 64
)

// BGPNodeStatusData is the state of BGP on one node.
type BGPNodeStatusData struct {
	NodeName string `json:"nodeName"`
	// RouterID is the BGP identifier in use.
	RouterID string `json:"routerID,omitempty"`
	// RouterIDSource is how it was found: explicit, template, node-ipv4 or
	// hash-from-node-name.
	RouterIDSource string `json:"routerIDSource,omitempty"`
	// PendingRouterID is the BGP identifier that follows from the node now,
	// if sessions hold on to another.
	PendingRouterID string `json:"pendingRouterID,omitempty"`
	// +kubebuilder:validation:Minimum=0
	ASN ASN `json:"asn,omitempty"`
	// LastUpdated is when this status was written.
	LastUpdated *metav1.Time `json:"lastUpdated,omitempty"`
	// HeartbeatSeconds is how often it is written at least: three times that
	// without a write means that the agent is gone.
	HeartbeatSeconds int32 `json:"heartbeatSeconds,omitempty"`

	// Configuration is what became of the BGPConfiguration on this node.
	Configuration *ConfigurationOnNode `json:"configuration,omitempty"`
	// AgentVersion is the version of k8frr, FRRVersion that of the FRR beside it.
	AgentVersion string `json:"agentVersion,omitempty"`
	FRRVersion   string `json:"frrVersion,omitempty"`

	// Neighbors are the sessions of this node: the configured ones, those of
	// peers that came from dynamicNeighbors, and what could not be configured.
	Neighbors []NeighborStatus `json:"neighbors,omitempty"`
	// NeighborCount is the number of neighbors.
	NeighborCount int32 `json:"neighborCount"`
	// EstablishedCount is the number of them with an established session.
	// +optional
	EstablishedCount int32 `json:"establishedCount"`

	// NetlinkImport is what is taken from local interfaces.
	NetlinkImport *NetlinkImportStatus `json:"netlinkImport,omitempty"`
	// RIB is what BGP holds.
	RIB *RIBStatus `json:"rib,omitempty"`
	// NetlinkExport is what is put into the kernel.
	NetlinkExport *NetlinkExportStatus `json:"netlinkExport,omitempty"`
	VRFs          []VRFStatus          `json:"vrfs,omitempty"`

	// Healthy says in one word what the conditions say in detail.
	// +optional
	Healthy bool `json:"healthy"`
	// Conditions are Ready, FRRReachable, ConfigurationApplied,
	// RouterIDResolved, NeighborsConfigured, ImportHealthy and ExportHealthy.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ConfigurationOnNode is what became of the BGPConfiguration on a node.
type ConfigurationOnNode struct {
	// Generation is the one that runs, 0 if none does; Declared is the one that
	// is wanted.
	Generation int64 `json:"generation"`
	Declared   int64 `json:"declared"`
	// Hash identifies the frr.conf that runs: the same text, the same hash.
	Hash string `json:"hash,omitempty"`
	// LastPlan is how FRR was last brought to another configuration; it is
	// missing if it did not have to be.
	LastPlan *PlanResult `json:"lastPlan,omitempty"`
	// LeftOut are the parts that FRR refuses and that the generation runs without.
	// +kubebuilder:validation:MaxItems=100
	LeftOut []LeftOutPart `json:"leftOut,omitempty"`
}

// LeftOutPart is a part of the BGPConfiguration, or of a template, that FRR refuses.
type LeftOutPart struct {
	// Field is the one that the part comes from, empty for a part of a template.
	Field string `json:"field,omitempty"`
	// Part is what FRR calls it, such as neighbor 192.0.2.1.
	Part string `json:"part"`
	// Instead is what runs in its place: Nothing, Previous (the part as it was) or
	// RejectAll (of a policy: a session that exchanges no routes in that direction).
	// +kubebuilder:validation:Enum=Nothing;Previous;RejectAll
	Instead string `json:"instead"`
	// Message is what FRR said.
	Message string `json:"message,omitempty"`
}

// PlanResult is how FRR was brought to a configuration.
type PlanResult struct {
	// Time is when it ended.
	Time metav1.Time `json:"time"`
	// Milliseconds is how long it took, checking and reading back included.
	Milliseconds int64 `json:"milliseconds"`
	// Steps is the number of commands.
	Steps int32 `json:"steps"`
	// Resets are the neighbors whose sessions it reset.
	Resets []string `json:"resets,omitempty"`
	// Removed are the neighbors whose sessions it ended, because the node is not
	// to have them any more.
	Removed []string `json:"removed,omitempty"`
	// Result is Applied, RolledBack (FRR runs what it ran before) or Failed.
	// +kubebuilder:validation:Enum=Applied;RolledBack;Failed
	Result string `json:"result"`
}

// NeighborStatus is the state of a session.
type NeighborStatus struct {
	// Address is the peer's address; for an unnumbered peer the link-local
	// one that it was found at, or the interface while it is not.
	Address string `json:"address"`
	// Interface is the interface of an unnumbered peer.
	Interface string `json:"interface,omitempty"`
	// VRF is the VRF that the session is in; empty for the default.
	VRF string `json:"vrf,omitempty"`
	// +kubebuilder:validation:Minimum=0
	PeerASN ASN `json:"peerASN"`
	// +kubebuilder:validation:Minimum=0
	LocalASN ASN `json:"localASN"`
	// State is a state of the BGP finite state machine (RFC 4271 section
	// 8.2.2): Idle, Connect, Active, OpenSent, OpenConfirm or Established.
	State string `json:"state"`
	// SessionUpSince is when the session was established.
	SessionUpSince *metav1.Time `json:"sessionUpSince,omitempty"`
	// PrefixesSent is the number of prefixes advertised to the peer.
	PrefixesSent int64 `json:"prefixesSent"`
	// PrefixesReceived is the number of prefixes accepted from the peer.
	PrefixesReceived int64  `json:"prefixesReceived"`
	Description      string `json:"description,omitempty"`
	// LastError is why the session is not established, and what to check.
	LastError string `json:"lastError,omitempty"`
	// Reason is LastError in one of a small number of stable words, listed in
	// docs/status.md. It is the label reason of the metric
	// k8frr_bgp_session_last_error_info. More words may come.
	Reason string `json:"reason,omitempty"`
	// Notification tells which side sent the NOTIFICATION message that
	// Reason is about: sent (by this node) or received; empty if none did.
	Notification string `json:"notification,omitempty"`
	// LastEnd is why the session last ended or was refused, if LastError
	// begins with something else.
	LastEnd *SessionEnd `json:"lastEnd,omitempty"`
}

// SessionEnd is why a session ended or was refused.
type SessionEnd struct {
	// Reason is a word, as in NeighborStatus.
	Reason string `json:"reason"`
	// Notification is sent, received or empty, as in NeighborStatus.
	Notification string `json:"notification,omitempty"`
	// Error is the text, and what to check.
	Error string `json:"error"`
}

// NetlinkImportStatus is what is taken from local interfaces.
type NetlinkImportStatus struct {
	Enabled bool   `json:"enabled"`
	VRF     string `json:"vrf,omitempty"`
	// Interfaces are those that the patterns name or match, in VRFs too.
	Interfaces []ImportInterfaceStatus `json:"interfaces,omitempty"`
	// ImportedAddresses are the addresses found on them.
	ImportedAddresses []ImportedAddress `json:"importedAddresses,omitempty"`
	// TotalImported is the number of addresses, listed or not.
	TotalImported int32 `json:"totalImported"`
	Truncated     bool  `json:"truncated,omitempty"`
}

// ImportInterfaceStatus is the state of an interface.
type ImportInterfaceStatus struct {
	Name   string `json:"name"`
	Exists bool   `json:"exists"`
	// OperState is up or down.
	OperState string `json:"operState"`
}

// ImportedAddress is an address on an interface.
type ImportedAddress struct {
	// Address is the address with its mask, host bits kept.
	Address   string `json:"address"`
	Interface string `json:"interface"`
	// VRF is the one that the interface is in; empty for none.
	VRF string `json:"vrf,omitempty"`
	// InRIB says whether the prefix that covers the address is in BGP.
	InRIB bool `json:"inRIB"`
}

// RIBStatus is what BGP holds.
type RIBStatus struct {
	// LocalRoutes are the routes that this node originates.
	LocalRoutes     []RIBRoute `json:"localRoutes,omitempty"`
	LocalRouteCount int32      `json:"localRouteCount"`
	// ReceivedRoutes are routes that peers sent.
	ReceivedRoutes     []RIBRoute `json:"receivedRoutes,omitempty"`
	ReceivedRouteCount int32      `json:"receivedRouteCount"`
	Truncated          bool       `json:"truncated,omitempty"`
}

// RIBRoute is a route in BGP.
type RIBRoute struct {
	Prefix  string `json:"prefix"`
	NextHop string `json:"nextHop"`
	// VRF is the one whose BGP the route is in; empty for the default.
	VRF string `json:"vrf,omitempty"`
	// FromPeer is the peer that sent a received route.
	FromPeer string `json:"fromPeer,omitempty"`
	// AdvertisedTo are the peers that a local route is advertised to.
	AdvertisedTo []string `json:"advertisedTo,omitempty"`
	Communities  []string `json:"communities,omitempty"`
}

// NetlinkExportStatus is what is put into the kernel.
type NetlinkExportStatus struct {
	Enabled bool `json:"enabled"`
	// Protocol is the kernel's protocol number of the routes.
	Protocol int32 `json:"protocol,omitempty"`
	// DampeningInterval collects changes for so long, in milliseconds.
	// +kubebuilder:validation:Minimum=0
	DampeningInterval uint32             `json:"dampeningInterval,omitempty"`
	Rules             []ExportRuleStatus `json:"rules,omitempty"`
	ExportedRoutes    []ExportedRoute    `json:"exportedRoutes,omitempty"`
	// TotalExported is the number of routes, listed or not.
	TotalExported int32 `json:"totalExported"`
	Truncated     bool  `json:"truncated,omitempty"`
}

// ExportRuleStatus is a rule of netlinkExport.
type ExportRuleStatus struct {
	Name string `json:"name"`
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=4294967295
	Metric  uint32 `json:"metric"`
	TableID int32  `json:"tableID"`
}

// ExportedRoute is a route that a rule selected.
type ExportedRoute struct {
	Prefix string `json:"prefix"`
	// Table is the kernel table, by name or number.
	Table string `json:"table"`
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=4294967295
	Metric    uint32 `json:"metric"`
	Installed bool   `json:"installed"`
	// Reason is why the route is not installed.
	Reason string `json:"reason,omitempty"`
}

// VRFStatus sums up a VRF.
type VRFStatus struct {
	Name string `json:"name"`
	RD   string `json:"rd"`
	// ImportedRouteCount is the number of prefixes in the VRF's BGP.
	ImportedRouteCount int32 `json:"importedRouteCount"`
	// ExportedRouteCount is the number of BGP's routes that the kernel has in
	// the VRF's table.
	ExportedRouteCount int32 `json:"exportedRouteCount"`
}
