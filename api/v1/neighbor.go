package v1

// Neighbor is a BGP peer.
//
// +kubebuilder:validation:XValidation:rule="!has(self.bfd) || (has(self.bfd.enabled) && !self.bfd.enabled) || !has(self.config.neighborAddress) || !self.config.neighborAddress.lowerAscii().startsWith('fe80') || self.config.neighborAddress.contains('%')",message="config.neighborAddress: a link-local address needs its interface when BFD is enabled (fe80::1%eth0), or use config.neighborInterface"
// +kubebuilder:validation:XValidation:rule="!has(self.authPasswordSecretRef) || !has(self.config.authPasswordSecretRef) || (self.authPasswordSecretRef.name == self.config.authPasswordSecretRef.name && has(self.authPasswordSecretRef.key) == has(self.config.authPasswordSecretRef.key) && (!has(self.authPasswordSecretRef.key) || self.authPasswordSecretRef.key == self.config.authPasswordSecretRef.key) && has(self.authPasswordSecretRef.optional) == has(self.config.authPasswordSecretRef.optional) && (!has(self.authPasswordSecretRef.optional) || self.authPasswordSecretRef.optional == self.config.authPasswordSecretRef.optional))",message="authPasswordSecretRef and config.authPasswordSecretRef are both given and differ: keep one"
type Neighbor struct {
	Config NeighborConfig `json:"config"`

	// NodeSelector limits the neighbor to nodes with matching labels. Absent
	// or empty: every node.
	NodeSelector *LabelSelector `json:"nodeSelector,omitempty"`

	// AuthPasswordSecretRef is another spelling of config.authPasswordSecretRef.
	AuthPasswordSecretRef *SecretKeyRef `json:"authPasswordSecretRef,omitempty"`

	// AfiSafis are the address families of the session. Absent: the family of
	// the neighbor's address, or IPv4 and IPv6 unicast where it has none.
	// +kubebuilder:validation:MaxItems=16
	AfiSafis []AfiSafi `json:"afiSafis,omitempty"`

	// ApplyPolicy filters and changes routes from and to this neighbor.
	ApplyPolicy *ApplyPolicy `json:"applyPolicy,omitempty"`

	Timers          *Timers          `json:"timers,omitempty"`
	Transport       *Transport       `json:"transport,omitempty"`
	GracefulRestart *GracefulRestart `json:"gracefulRestart,omitempty"`
	RouteReflector  *RouteReflector  `json:"routeReflector,omitempty"`
	EBGPMultihop    *EBGPMultihop    `json:"ebgpMultihop,omitempty"`

	// BFD replaces the peer group's bfd as a whole.
	BFD *BFD `json:"bfd,omitempty"`
}

// PeerGroup is what several neighbors have in common.
type PeerGroup struct {
	Config PeerGroupConfig `json:"config"`

	// NodeSelector limits the group to nodes with matching labels. Absent or
	// empty: every node.
	NodeSelector *LabelSelector `json:"nodeSelector,omitempty"`

	// AfiSafis are the address families of the members' sessions.
	// +kubebuilder:validation:MaxItems=16
	AfiSafis []AfiSafi `json:"afiSafis,omitempty"`

	// ApplyPolicy filters and changes routes from and to the members.
	ApplyPolicy *ApplyPolicy `json:"applyPolicy,omitempty"`

	Timers    *Timers    `json:"timers,omitempty"`
	Transport *Transport `json:"transport,omitempty"`

	// BFD is for every member that has none of its own.
	BFD *BFD `json:"bfd,omitempty"`
}

// NeighborConfig identifies a neighbor and its session.
//
// +kubebuilder:validation:XValidation:rule="(has(self.neighborAddress) && size(self.neighborAddress) > 0) || (has(self.neighborInterface) && size(self.neighborInterface) > 0)",message="one of neighborAddress and neighborInterface is required"
// +kubebuilder:validation:XValidation:rule="(has(self.peerAsn) && self.peerAsn > 0) || (has(self.peerGroup) && size(self.peerGroup) > 0)",message="peerAsn is required unless a peerGroup states it"
type NeighborConfig struct {
	// NeighborAddress is the peer's IP address. A link-local one may carry
	// its interface: fe80::1%eth0.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="size(self) == 0 || self.matches('^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$') || (self.matches('^[0-9A-Fa-f:.]+(%[^%[:space:]]{1,15})?$') && self.matches(':.*:') && !self.contains(':::'))",message="neighborAddress must be an IPv4 or IPv6 address; a link-local one may carry its interface (fe80::1%eth0)"
	NeighborAddress string `json:"neighborAddress,omitempty"`

	// NeighborInterface peers with whatever router answers on this interface
	// (unnumbered). It wins over neighborAddress.
	// +kubebuilder:validation:MaxLength=64
	NeighborInterface string `json:"neighborInterface,omitempty"`

	// PeerASN is the peer's autonomous system number. Required unless the
	// peer group states one; where it does, the group's is used.
	// +kubebuilder:validation:Minimum=0
	PeerASN ASN `json:"peerAsn,omitempty"`

	// PeerGroup is the name of the peer group that this neighbor belongs to.
	// +kubebuilder:validation:MaxLength=256
	PeerGroup string `json:"peerGroup,omitempty"`

	// Description is free text, shown wherever the session is.
	// +kubebuilder:validation:MaxLength=4096
	Description string `json:"description,omitempty"`

	// AdminDown keeps the session down.
	AdminDown bool `json:"adminDown,omitempty"`

	// VRF is the name of the VRF that the neighbor is in.
	// +kubebuilder:validation:MaxLength=256
	VRF string `json:"vrf,omitempty"`

	SessionConfig `json:",inline"`
}

// PeerGroupConfig identifies a peer group and its members' sessions.
type PeerGroupConfig struct {
	// Name is the name that neighbors refer to.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"peerGroupName"`

	// PeerASN is the members' autonomous system number.
	// +kubebuilder:validation:Minimum=0
	PeerASN ASN `json:"peerAsn,omitempty"`

	// Description is free text.
	// +kubebuilder:validation:MaxLength=4096
	Description string `json:"description,omitempty"`

	SessionConfig `json:",inline"`
}

// SessionConfig is what a neighbor and a peer group can both say of a session.
type SessionConfig struct {
	// LocalASN is the AS number shown to this peer, global.asn if absent.
	// +kubebuilder:validation:Minimum=0
	LocalASN ASN `json:"localAsn,omitempty"`

	// AuthPassword is the TCP MD5 password (RFC 2385). Prefer
	// authPasswordSecretRef, which also wins over it.
	// +kubebuilder:validation:MaxLength=1024
	AuthPassword string `json:"authPassword,omitempty"`

	// AuthPasswordSecretRef names the Secret, in the namespace of this
	// object, that holds the TCP MD5 password.
	AuthPasswordSecretRef *SecretKeyRef `json:"authPasswordSecretRef,omitempty"`

	// AllowOwnASN is how often the own AS number may stand in a received AS path.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	AllowOwnASN uint32 `json:"allowOwnAsn,omitempty"`

	// ReplacePeerASN replaces the peer's AS number by the own in advertised AS paths.
	ReplacePeerASN bool `json:"replacePeerAsn,omitempty"`

	// AllowASPathLoopLocal advertises paths that hold the peer's AS number.
	AllowASPathLoopLocal bool `json:"allowAspathLoopLocal,omitempty"`

	// SendCommunity limits which communities are sent to the peer. Absent: all.
	// +kubebuilder:validation:Enum=standard;extended;both;none
	SendCommunity string `json:"sendCommunity,omitempty"`

	// RemovePrivate removes private AS numbers from advertised AS paths
	// (all), or replaces them by the own (replace).
	// +kubebuilder:validation:Enum=all;replace
	RemovePrivate string `json:"removePrivate,omitempty"`

	// RouteFlapDamping suppresses routes that come and go (RFC 2439).
	RouteFlapDamping bool `json:"routeFlapDamping,omitempty"`

	// SendSoftwareVersion tells the peer which software this is.
	SendSoftwareVersion bool `json:"sendSoftwareVersion,omitempty"`
}

// SecretKeyRef names a value in a Secret of the object's own namespace.
type SecretKeyRef struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Key in the Secret. Absent: the neighbor's address if the Secret has
	// such a key, else "password".
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`
	// Optional lets the session come up without a password when the Secret or
	// the key is missing.
	Optional *bool `json:"optional,omitempty"`
}

// AfiSafi is an address family of a session.
type AfiSafi struct {
	Family Family `json:"family"`
	// Enabled activates the family; true if absent.
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`
	// PrefixLimit ends the session when the peer sends too many prefixes.
	PrefixLimit *PrefixLimit `json:"prefixLimit,omitempty"`
	// AddPaths carries several paths for a prefix (RFC 7911).
	AddPaths *AddPaths `json:"addPaths,omitempty"`
}

// PrefixLimit bounds how many prefixes a peer may send.
type PrefixLimit struct {
	// +kubebuilder:validation:Format=int64
	// +kubebuilder:validation:Maximum=4294967295
	// +kubebuilder:validation:Minimum=0
	MaxPrefixes uint32 `json:"maxPrefixes"`
	// ShutdownThresholdPct is the share of maxPrefixes, in percent, at which
	// a warning is logged.
	// +kubebuilder:validation:Maximum=100
	// +kubebuilder:validation:Minimum=0
	ShutdownThresholdPct uint32 `json:"shutdownThresholdPct,omitempty"`
}

// AddPaths carries several paths for a prefix (RFC 7911).
type AddPaths struct {
	// Receive accepts several paths.
	Receive bool `json:"receive,omitempty"`
	// SendMax is how many paths are sent; 0 for the best only.
	// +kubebuilder:validation:Minimum=0
	SendMax uint32 `json:"sendMax,omitempty"`
}

// Timers are the timers of a session, in seconds. They may be written directly
// or under config.
//
// +kubebuilder:validation:XValidation:rule="!has(self.config) || ((!has(self.holdTime) || !has(self.config.holdTime) || self.holdTime == self.config.holdTime) && (!has(self.keepaliveInterval) || !has(self.config.keepaliveInterval) || self.keepaliveInterval == self.config.keepaliveInterval) && (!has(self.connectRetry) || !has(self.config.connectRetry) || self.connectRetry == self.config.connectRetry) && (!has(self.minimumAdvertisementInterval) || !has(self.config.minimumAdvertisementInterval) || self.minimumAdvertisementInterval == self.config.minimumAdvertisementInterval))",message="timers: the same timer is given both directly and under config, with different values: keep one"
type Timers struct {
	TimersConfig `json:",inline"`
	Config       *TimersConfig `json:"config,omitempty"`
}

// TimersConfig are the timers of a session, in seconds.
type TimersConfig struct {
	// ConnectRetry is the pause between attempts to connect; 120 if absent.
	// +kubebuilder:validation:Maximum=65535
	// +kubebuilder:validation:Minimum=0
	ConnectRetry *uint32 `json:"connectRetry,omitempty"`
	// HoldTime ends a session that has been silent for so long; 90 if absent,
	// 0 for never (RFC 4271 section 4.2: 0 or at least 3).
	// +kubebuilder:validation:Maximum=65535
	// +kubebuilder:validation:XValidation:rule="self == 0 || self >= 3",message="holdTime must be 0 or at least 3 seconds (RFC 4271)"
	// +kubebuilder:validation:Minimum=0
	HoldTime *uint32 `json:"holdTime,omitempty"`
	// KeepaliveInterval is the time between keepalives; a third of the hold
	// time if absent.
	// +kubebuilder:validation:Maximum=65535
	// +kubebuilder:validation:Minimum=0
	KeepaliveInterval *uint32 `json:"keepaliveInterval,omitempty"`
	// MinimumAdvertisementInterval is the least time between two
	// advertisements of a prefix (MRAI); 0 if absent.
	// +kubebuilder:validation:Maximum=600
	// +kubebuilder:validation:Minimum=0
	MinimumAdvertisementInterval *uint32 `json:"minimumAdvertisementInterval,omitempty"`
}

// Transport is how the TCP connection of a session is made.
type Transport struct {
	// LocalAddress is the source address.
	// +kubebuilder:validation:MaxLength=64
	LocalAddress string `json:"localAddress,omitempty"`
	// PassiveMode waits for the peer to connect.
	PassiveMode bool `json:"passiveMode,omitempty"`
	// BindInterface is the interface whose address is the source address.
	// +kubebuilder:validation:MaxLength=64
	BindInterface string `json:"bindInterface,omitempty"`
	// IPTOS is the type of service (traffic class) of the packets.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	IPTOS uint32 `json:"ipTos,omitempty"`
}

// RouteReflector makes a neighbor a client of this route reflector (RFC 4456).
type RouteReflector struct {
	RouteReflectorClient bool `json:"routeReflectorClient,omitempty"`
	// RouteReflectorClusterID is an IPv4 address or a number; the router ID
	// if empty.
	// +kubebuilder:validation:MaxLength=64
	RouteReflectorClusterID string `json:"routeReflectorClusterId,omitempty"`
}

// EBGPMultihop allows an external peer that is not on a connected network.
type EBGPMultihop struct {
	Enabled bool `json:"enabled,omitempty"`
	// MultihopTTL is the greatest number of hops; 255 if 0 or absent.
	// +kubebuilder:validation:Maximum=255
	// +kubebuilder:validation:Minimum=0
	MultihopTTL uint32 `json:"multihopTtl,omitempty"`
}

// BFD detects a dead path to a neighbor in less than the hold time (RFC 5882).
// A neighbor's block replaces its peer group's as a whole.
type BFD struct {
	// Enabled is true if absent; false opts out of the peer group's.
	Enabled *bool `json:"enabled,omitempty"`
	// Port is the UDP port of the peer (RFC 5881: 3784).
	// +kubebuilder:default=3784
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=65535
	Port uint32 `json:"port,omitempty"`
	// DesiredMinimumTxInterval is the least time between sent packets, in
	// microseconds.
	// +kubebuilder:default=1000000
	// +kubebuilder:validation:Minimum=300000
	// +kubebuilder:validation:Maximum=30000000
	DesiredMinimumTxInterval uint32 `json:"desiredMinimumTxInterval,omitempty"`
	// RequiredMinimumReceive is the least time between received packets, in
	// microseconds.
	// +kubebuilder:default=1000000
	// +kubebuilder:validation:Minimum=300000
	// +kubebuilder:validation:Maximum=30000000
	RequiredMinimumReceive uint32 `json:"requiredMinimumReceive,omitempty"`
	// DetectionMultiplier is how many packets may be missed.
	// +kubebuilder:default=3
	// +kubebuilder:validation:Minimum=3
	// +kubebuilder:validation:Maximum=255
	DetectionMultiplier uint32 `json:"detectionMultiplier,omitempty"`
}

// DynamicNeighbor accepts any peer whose address is in a range.
type DynamicNeighbor struct {
	// Prefix is the range of addresses.
	// +kubebuilder:validation:MaxLength=64
	Prefix string `json:"prefix"`
	// PeerGroup is the group that such peers belong to.
	// +kubebuilder:validation:MaxLength=256
	PeerGroup string `json:"peerGroup"`
}
