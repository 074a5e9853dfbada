package render

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Objects is what the user declared, as far as it concerns one node.
type Objects struct {
	// Configuration is the BGPConfiguration to render; nil if there is none.
	Configuration *v1.BGPConfiguration
	// Node is this node: its name, labels, annotations and addresses; nil
	// while it is not known.
	Node *corev1.Node
	// Secrets are those Secrets that the configuration names (see SecretNames)
	// and that exist: name → key → value. The objects of one node have the keys
	// that its sessions use.
	Secrets map[string]map[string]Secret
	// UnfitSecrets are those named Secrets whose type is not for passwords: name → type.
	UnfitSecrets map[string]string
	// SecretSelector is the label selector that Secrets have to match; "" if all do.
	// A Secret that does not match is not among Secrets.
	SecretSelector string
	// UnselectedSecrets are those named Secrets that are known to exist and not to
	// match. An agent does not know of any, as the API server does not show them.
	UnselectedSecrets map[string]bool
	// Ignored are the names of further BGPConfigurations that are not used.
	Ignored []string
	// MoreIgnored is set if there are more of them.
	MoreIgnored bool
}

// Input is everything that the configuration of one node follows from: what
// the user declared, and what the node's kernel carries. The same Input always
// renders to the same bytes.
type Input struct {
	Objects
	// LastSecrets are values of Secrets that sessions ran with before. They are
	// used where Secrets have no valid one.
	LastSecrets map[string]map[string]Secret
	// Prepared is what Prepare made of Configuration, to spare Resolve that work;
	// nil to have Resolve do it.
	Prepared *Prepared
	// Links are the interfaces that Interfaces names, sorted or not.
	Links []Link
	// Local are addresses that interfaces of this node carry: no neighbor can
	// have one of them. Those of the Node count without being among them.
	Local []LocalAddress
	// Dialect is that of the FRR that will read the result.
	Dialect Dialect
	// WithoutBFD says that this FRR runs no bfdd, which takes what concerns BFD:
	// vtysh drops its lines without a word.
	WithoutBFD bool
	// AwaitAddress says that a node without any address is still starting, so
	// that its router ID must not be made up from its name yet.
	AwaitAddress bool
	// Held, when valid, is a derived router ID that sessions run on. It stays
	// until they are gone or the spec states another, because a change of
	// router ID resets every session.
	Held RouterID
}

// LocalAddress is an address of this node itself.
type LocalAddress struct {
	Address   netip.Addr // without zone
	Interface string
	// VRF is the VRF device that the interface belongs to; "" for none.
	VRF string
}

// Link is a network interface as the kernel shows it.
type Link struct {
	Name string
	// VRF is the VRF device that the interface belongs to; "" for none. A VRF
	// device belongs to itself.
	VRF string
	// Table is the routing table of that VRF; 0 for the main table.
	Table uint32
	// Up reports whether the interface is up and has a carrier, or knows of none
	// as a dummy (IFF_UP and IFF_RUNNING).
	Up        bool
	Addresses []Address
	// Routes are the prefixes of the on-link unicast routes in that table
	// that leave by this interface and that no routing daemon put there.
	Routes []netip.Prefix
	// Unusable are the addresses that must not be announced, because of their
	// state in the kernel.
	Unusable []UnusableAddress
	// Withheld are the prefixes of those, and of peers' addresses: zebra may have
	// connected routes for them, which are kept from being announced.
	Withheld []netip.Prefix
	// Elsewhere are prefixes of Addresses and Routes that another interface of
	// the VRF carries, too, so that zebra may select that one's route.
	Elsewhere []netip.Prefix
	// Stale are prefixes that zebra has routes for which stayed when an address
	// of it went: they are kept from being announced unless it carries them
	// again.
	Stale []netip.Prefix
}

// Address is an address of a Link.
type Address struct {
	// Prefix is the address with its mask, host bits kept: 10.200.0.5/24.
	Prefix netip.Prefix
	// NoPrefixRoute says that the kernel makes no connected route for it
	// (IFA_F_NOPREFIXROUTE).
	NoPrefixRoute bool
	// Peer is, for an address that has a peer (ip address add A peer B), the
	// peer's prefix, which the kernel's connected route is for. Prefix then is
	// that of the address alone.
	Peer netip.Prefix
}

// UnusableAddress is an address of a Link that is not announced.
type UnusableAddress struct {
	Prefix netip.Prefix
	// Why completes a sentence about the address: "is …", "has …".
	Why string
}
