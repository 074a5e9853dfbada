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
// +kubebuilder:printcolumn:name="Nodes",type=string,JSONPath=`.status.rollout`
// +kubebuilder:printcolumn:name="Sessions",type=string,JSONPath=`.status.sessions`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.message`
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
// one node stands in that node's BGPNodeStatus, from which this is folded.
type BGPConfigurationStatus struct {
	// ObservedGeneration is the generation that this status is about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions are Ready and RouterIDResolved.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// LastReconcileTime is when this status last changed.
	LastReconcileTime *metav1.Time `json:"lastReconcileTime,omitempty"`

	// Nodes counts the nodes by what became of the configuration there.
	Nodes *NodeCounts `json:"nodes,omitempty"`
	// Rollout is how many of the nodes that report run this generation: "3/3".
	Rollout string `json:"rollout,omitempty"`

	// NeighborCount is the number of neighbors in the spec.
	NeighborCount int32 `json:"neighborCount,omitempty"`

	// ConfiguredNeighbors is the number of sessions that the nodes have to have,
	// EstablishedNeighbors that of those that are established.
	ConfiguredNeighbors int32 `json:"configuredNeighbors,omitempty"`
	// +optional
	EstablishedNeighbors int32 `json:"establishedNeighbors"`
	// Sessions is both of them: "5/6".
	Sessions string `json:"sessions,omitempty"`

	// Message says in words what the conditions say in codes.
	Message string `json:"message,omitempty"`

	// Problems are the first few of the nodes that have one, the gravest first.
	// +kubebuilder:validation:MaxItems=5
	Problems []NodeProblem `json:"problems,omitempty"`

	// RouterIDSource is how the nodes came to their router IDs: explicit,
	// template, node-ipv4 or hash-from-node-name; several, if they differ.
	RouterIDSource string `json:"routerIDSource,omitempty"`

	// RouterIDResolutionTime is when the router IDs of all nodes were resolved.
	RouterIDResolutionTime *metav1.Time `json:"routerIDResolutionTime,omitempty"`
}

// NodeCounts are numbers of nodes that run an agent.
type NodeCounts struct {
	// Reporting are those whose status is fresh.
	Reporting int32 `json:"reporting"`
	// Applied are those of them that run this generation.
	Applied int32 `json:"applied"`
	// Failed are those of them that cannot have it.
	Failed int32 `json:"failed"`
	// Stale are those whose agent has ended, or has not written for three of its
	// heartbeats. They are not waited for.
	Stale int32 `json:"stale"`
}

// MaxProblems is how many problems a status lists at most.
const MaxProblems = 5

// NodeProblem is what is amiss on a node.
type NodeProblem struct {
	Node string `json:"node"`
	// Reason is that of the condition that fails there, or Stale.
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
}
