package v1

// ApplyPolicy attaches policies to a neighbor, a peer group or all neighbors.
type ApplyPolicy struct {
	// ImportPolicy is applied to received routes.
	ImportPolicy *PolicyAssignment `json:"importPolicy,omitempty"`
	// ExportPolicy is applied to advertised routes. Absent: only what the node
	// itself originates is advertised.
	ExportPolicy *PolicyAssignment `json:"exportPolicy,omitempty"`
}

// RouteAction ends the evaluation of a route. Empty: evaluation goes on.
//
// +kubebuilder:validation:Enum=accept;reject;""
type RouteAction string

// The two ways in which the evaluation of a route ends.
const (
	Accept RouteAction = "accept"
	Reject RouteAction = "reject"
)

// PolicyAssignment is a chain of policies.
type PolicyAssignment struct {
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name,omitempty"`
	// Policies are evaluated in order.
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=256
	Policies []string `json:"policies,omitempty"`
	// DefaultAction is for routes that no statement accepts or rejects.
	// Empty: an import policy accepts them; an export policy accepts what the
	// node itself originates and rejects what it learned, unless the node
	// reflects routes to the neighbor.
	DefaultAction RouteAction `json:"defaultAction,omitempty"`
}

// PolicyDefinition is a named list of statements.
type PolicyDefinition struct {
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// Statements are evaluated in order.
	// +kubebuilder:validation:MaxItems=128
	Statements []Statement `json:"statements,omitempty"`
}

// Statement applies its actions to the routes that meet all its conditions.
type Statement struct {
	// +kubebuilder:validation:MaxLength=256
	Name       string     `json:"name,omitempty"`
	Conditions Conditions `json:"conditions,omitempty"`
	Actions    Actions    `json:"actions,omitempty"`
}

// Conditions must all hold for a statement to match.
type Conditions struct {
	PrefixSet         *MatchSet `json:"prefixSet,omitempty"`
	NeighborSet       *MatchSet `json:"neighborSet,omitempty"`
	ASPathSet         *MatchSet `json:"asPathSet,omitempty"`
	CommunitySet      *MatchSet `json:"communitySet,omitempty"`
	ExtCommunitySet   *MatchSet `json:"extCommunitySet,omitempty"`
	LargeCommunitySet *MatchSet `json:"largeCommunitySet,omitempty"`
	// RPKIResult is valid, invalid or not-found (RFC 6811).
	// +kubebuilder:validation:MaxLength=64
	RPKIResult string `json:"rpkiResult,omitempty"`
	// ASPathLength compares the number of ASes in the AS path.
	ASPathLength *ASPathLengthCondition `json:"asPathLength,omitempty"`
	// CommunityCount compares the number of communities.
	CommunityCount *CommunityCountCondition `json:"communityCount,omitempty"`
	// RouteType is where the route comes from.
	// +kubebuilder:validation:Enum=internal;external;local
	RouteType string `json:"routeType,omitempty"`
	// +kubebuilder:validation:Enum=igp;egp;incomplete
	Origin string `json:"origin,omitempty"`
	// NextHopInList matches a next hop that is one of these addresses.
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=64
	NextHopInList []string `json:"nextHopInList,omitempty"`
	// AfiSafiIn matches routes of these families.
	// +kubebuilder:validation:MaxItems=16
	AfiSafiIn []Family `json:"afiSafiIn,omitempty"`
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	LocalPrefEq *uint32 `json:"localPrefEq,omitempty"`
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	MEDEq *uint32 `json:"medEq,omitempty"`
}

// MatchSet refers to a defined set.
type MatchSet struct {
	// Name of the defined set.
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// Match: any member (the default), all members, or invert: no member.
	// +kubebuilder:validation:Enum=any;all;invert
	Match string `json:"match,omitempty"`
}

// ASPathLengthCondition compares the number of ASes in the AS path.
type ASPathLengthCondition struct {
	// +kubebuilder:validation:Enum=eq;ge;le
	Operator string `json:"operator"`
	// +kubebuilder:validation:Minimum=0
	Length uint32 `json:"length"`
}

// CommunityCountCondition compares the number of communities.
type CommunityCountCondition struct {
	// +kubebuilder:validation:Enum=eq;ge;le
	Operator string `json:"operator"`
	// +kubebuilder:validation:Minimum=0
	Count uint32 `json:"count"`
}

// Actions are what a statement does to the routes that it matches.
type Actions struct {
	// RouteAction accepts or rejects the route and ends its evaluation.
	RouteAction    RouteAction      `json:"routeAction,omitempty"`
	Community      *CommunityAction `json:"community,omitempty"`
	ExtCommunity   *CommunityAction `json:"extCommunity,omitempty"`
	LargeCommunity *CommunityAction `json:"largeCommunity,omitempty"`
	Nexthop        *NexthopAction   `json:"nexthop,omitempty"`
	// +kubebuilder:validation:Enum=igp;egp;incomplete
	Origin    string           `json:"origin,omitempty"`
	MED       *MEDAction       `json:"med,omitempty"`
	ASPrepend *ASPrependAction `json:"asPrepend,omitempty"`
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	LocalPref uint32 `json:"localPref,omitempty"`
}

// CommunityAction changes the communities of a route.
type CommunityAction struct {
	// +kubebuilder:validation:Enum=add;remove;replace
	Type string `json:"type"`
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=1024
	Communities []string `json:"communities"`
}

// NexthopAction changes the next hop of a route.
//
// +kubebuilder:validation:XValidation:rule="[has(self.address), has(self.self) && self.self, has(self.unchanged) && self.unchanged, has(self.peerAddress) && self.peerAddress].filter(x, x).size() <= 1",message="nexthop: set at most one of address, self, unchanged, peerAddress"
type NexthopAction struct {
	// +kubebuilder:validation:MaxLength=64
	Address     string `json:"address,omitempty"`
	Self        bool   `json:"self,omitempty"`
	Unchanged   bool   `json:"unchanged,omitempty"`
	PeerAddress bool   `json:"peerAddress,omitempty"`
}

// MEDAction changes the MULTI_EXIT_DISC of a route.
type MEDAction struct {
	// Type is mod (add the value to the MED) or replace.
	// +kubebuilder:validation:Enum=mod;replace
	Type  string `json:"type"`
	Value int64  `json:"value"`
}

// ASPrependAction prepends an AS number to the AS path.
type ASPrependAction struct {
	// +kubebuilder:validation:Minimum=0
	ASN ASN `json:"asn"`
	// Repeat is how often; once if 0 or absent.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	Repeat uint32 `json:"repeat,omitempty"`
}

// DefinedSet is a named set of values that conditions refer to.
type DefinedSet struct {
	// Type is what the set holds.
	// +kubebuilder:validation:Enum=prefix;neighbor;as-path;community;ext-community;large-community
	Type string `json:"type"`
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// List are the members of every type but prefix.
	// +kubebuilder:validation:MaxItems=16384
	// +kubebuilder:validation:items:MaxLength=1024
	List []string `json:"list,omitempty"`
	// Prefixes are the members of a prefix set.
	// +kubebuilder:validation:MaxItems=1024
	Prefixes []Prefix `json:"prefixes,omitempty"`
}

// Prefix is a member of a prefix set.
//
// +kubebuilder:validation:XValidation:rule="has(self.ipPrefix) != has(self.rtcPrefix)",message="exactly one of ipPrefix and rtcPrefix is required"
type Prefix struct {
	// +kubebuilder:validation:MaxLength=64
	IPPrefix string `json:"ipPrefix,omitempty"`
	// RTCPrefix is a route target membership prefix (RFC 4684).
	// +kubebuilder:validation:MaxLength=256
	RTCPrefix string `json:"rtcPrefix,omitempty"`
	// MaskLengthMin and MaskLengthMax bound the lengths of matching prefixes.
	// +kubebuilder:validation:Maximum=128
	// +kubebuilder:validation:Minimum=0
	MaskLengthMin uint32 `json:"maskLengthMin,omitempty"`
	// +kubebuilder:validation:Maximum=128
	// +kubebuilder:validation:Minimum=0
	MaskLengthMax uint32 `json:"maskLengthMax,omitempty"`
}
