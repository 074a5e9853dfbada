package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// BGPConfiguration declares how the nodes of a cluster speak BGP. The agents
// use the object named "default" in their own namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=configs,singular=config,scope=Namespaced,shortName=bgpconfig;bgpconfiguration;bgpconfigurations
// +kubebuilder:printcolumn:name="ASN",type=integer,format=int64,JSONPath=`.spec.global.asn`
// +kubebuilder:printcolumn:name="RouterID",type=string,JSONPath=`.spec.global.routerID`
// +kubebuilder:printcolumn:name="Neighbors",type=integer,JSONPath=`.status.neighborCount`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type BGPConfiguration struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   BGPConfigurationSpec   `json:"spec,omitempty"`
	Status BGPConfigurationStatus `json:"status,omitempty"`
}

// BGPConfigurationList is a list of BGPConfigurations.
//
// +kubebuilder:object:root=true
type BGPConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []BGPConfiguration `json:"items"`
}

// BGPConfigurationSpec is what the user wants of BGP on the nodes.
type BGPConfigurationSpec struct {
	// Global is the BGP speaker itself.
	Global Global `json:"global"`

	// Neighbors are the peers. Each may be limited to some nodes by its
	// nodeSelector.
	// +kubebuilder:validation:MaxItems=1024
	Neighbors []Neighbor `json:"neighbors,omitempty"`

	// PeerGroups are settings that several neighbors share.
	// +kubebuilder:validation:MaxItems=256
	PeerGroups []PeerGroup `json:"peerGroups,omitempty"`

	// DynamicNeighbors accept peers from a range of addresses.
	// +kubebuilder:validation:MaxItems=256
	DynamicNeighbors []DynamicNeighbor `json:"dynamicNeighbors,omitempty"`

	// VRFs are further routing tables with BGP of their own.
	// +kubebuilder:validation:MaxItems=256
	VRFs []VRF `json:"vrfs,omitempty"`

	// PolicyDefinitions are named policies that an applyPolicy refers to.
	// +kubebuilder:validation:MaxItems=256
	PolicyDefinitions []PolicyDefinition `json:"policyDefinitions,omitempty"`

	// DefinedSets are named sets that the conditions of policies refer to.
	// +kubebuilder:validation:MaxItems=256
	DefinedSets []DefinedSet `json:"definedSets,omitempty"`

	// NetlinkImport announces what local interfaces carry. Without it, no
	// service address is announced.
	NetlinkImport *NetlinkImport `json:"netlinkImport,omitempty"`

	// NetlinkExport installs learned routes into the kernel. Without it, none
	// is.
	NetlinkExport *NetlinkExport `json:"netlinkExport,omitempty"`
}

// BGPConfigurationStatus is how a rollout goes over all nodes. What is true of
// one node stands in that node's BGPNodeStatus.
type BGPConfigurationStatus struct {
	// ObservedGeneration is the generation that this status is about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions are Ready and RouterIDResolved.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// LastReconcileTime is when the status was last folded from the nodes.
	LastReconcileTime *metav1.Time `json:"lastReconcileTime,omitempty"`

	// NeighborCount is the number of neighbors in the spec.
	NeighborCount int32 `json:"neighborCount,omitempty"`

	// EstablishedNeighbors is the number of established sessions on all nodes.
	EstablishedNeighbors int32 `json:"establishedNeighbors,omitempty"`

	// Message says in words what the conditions say in codes.
	Message string `json:"message,omitempty"`

	// RouterIDSource is how the nodes came to their router IDs: explicit,
	// template, node-ipv4 or hash-from-node-name.
	RouterIDSource string `json:"routerIDSource,omitempty"`

	// RouterIDResolutionTime is when the router IDs were resolved.
	RouterIDResolutionTime *metav1.Time `json:"routerIDResolutionTime,omitempty"`
}
