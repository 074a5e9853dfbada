package render

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// RouterID is a BGP identifier (RFC 4271 section 1.1) and how it was found.
type RouterID struct {
	Address netip.Addr
	Source  RouterIDSource
}

// IsValid reports whether there is a router ID.
func (r RouterID) IsValid() bool { return r.Address.IsValid() }

// RouterIDSource says how a router ID was found.
type RouterIDSource string

// The ways to a router ID.
const (
	FromSpec     RouterIDSource = "explicit"
	FromTemplate RouterIDSource = "template"
	FromNodeIPv4 RouterIDSource = "node-ipv4"
	FromNodeName RouterIDSource = "hash-from-node-name"
)

const (
	defaultRouterIDPool = "10.255.0.0/16"
	maxRouterIDLength   = 256
	routerIDPath        = "spec.global.routerID"
)

// ErrNodeHasNoAddress says that the router ID follows from the node's address,
// and that the node has none yet, as a cloud node that is still starting.
var ErrNodeHasNoAddress = errors.New("the node has no address yet")

// annotationTemplate is the one template with an argument.
var annotationTemplate = regexp.MustCompile(`^\$\{node\.annotations\['([^']*)'\]\}$`)

// ResolveRouterID finds the BGP identifier of a node: the one that the spec
// states, the one that its template names, the node's first internal IPv4
// address, or a hash of its name.
func ResolveRouterID(global v1.Global, node *corev1.Node) (RouterID, error) {
	switch id := global.RouterID; {
	case len(id) > maxRouterIDLength:
		return RouterID{}, fmt.Errorf("%s: must not be longer than %d characters", routerIDPath, maxRouterIDLength)
	case strings.HasPrefix(id, "${"):
		addr, err := expandRouterID(id, node)
		if err != nil {
			return RouterID{}, fmt.Errorf("%s: %w", routerIDPath, err)
		}
		return RouterID{addr, FromTemplate}, nil
	case id != "":
		addr, err := parseRouterID(id)
		if err != nil {
			return RouterID{}, fmt.Errorf("%s: %q %w", routerIDPath, id, err)
		}
		return RouterID{addr, FromSpec}, nil
	}

	if addr, ok := nodeIPv4(node, corev1.NodeInternalIP); ok {
		return RouterID{addr, FromNodeIPv4}, nil
	}
	addr, err := hashRouterID(global.RouterIDPool, node.Name)
	if err != nil {
		return RouterID{}, err
	}
	return RouterID{addr, FromNodeName}, nil
}

// parseRouterID accepts what identifies one router among all.
func parseRouterID(s string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(s)
	if err != nil || !addr.Is4() {
		return netip.Addr{}, errors.New("is not an IPv4 address such as 192.0.2.1")
	}
	if addr.IsUnspecified() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsMulticast() ||
		addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}, errors.New("must be an address of this router: not 0.0.0.0, loopback, link-local, multicast or broadcast")
	}
	return addr, nil
}

// expandRouterID has no fallback: what the user asks for by name and does not
// exist is an error, not another address.
func expandRouterID(template string, node *corev1.Node) (netip.Addr, error) {
	fromAddress := func(kind corev1.NodeAddressType) (netip.Addr, error) {
		if addr, ok := nodeIPv4(node, kind); ok {
			return addr, nil
		}
		if len(node.Status.Addresses) == 0 {
			return netip.Addr{}, fmt.Errorf("%s: %w", template, ErrNodeHasNoAddress)
		}
		return netip.Addr{}, fmt.Errorf("%s: node %s has no valid IPv4 address of type %s", template, node.Name, kind)
	}
	switch template {
	case "${NODE_IP}", "${NODE_IPV4}":
		return fromAddress(corev1.NodeInternalIP)
	case "${NODE_EXTERNAL_IP}":
		return fromAddress(corev1.NodeExternalIP)
	}
	match := annotationTemplate.FindStringSubmatch(template)
	if match == nil {
		return netip.Addr{}, fmt.Errorf("%q is not a template: use ${NODE_IP}, ${NODE_IPV4}, ${NODE_EXTERNAL_IP} or ${node.annotations['key']}", template)
	}
	key := match[1]
	if wrong := validation.IsQualifiedName(key); wrong != nil {
		return netip.Addr{}, fmt.Errorf("%s: %q is not an annotation key: %s", template, key, wrong[0])
	}
	value, ok := node.Annotations[key]
	if !ok {
		return netip.Addr{}, fmt.Errorf("%s: node %s has no annotation %s", template, node.Name, key)
	}
	addr, err := parseRouterID(value)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%s: annotation %s of node %s: %q %w", template, key, node.Name, value, err)
	}
	return addr, nil
}

func nodeIPv4(node *corev1.Node, kind corev1.NodeAddressType) (netip.Addr, bool) {
	for _, a := range node.Status.Addresses {
		if a.Type != kind {
			continue
		}
		if addr, err := parseRouterID(a.Address); err == nil {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

// hashRouterID spreads node names over the host addresses of the pool with
// FNV-1a, without the network and broadcast addresses.
func hashRouterID(pool, node string) (netip.Addr, error) {
	const path = "spec.global.routerIDPool"
	if pool == "" {
		pool = defaultRouterIDPool
	}
	prefix, err := netip.ParsePrefix(pool)
	if err != nil || !prefix.Addr().Is4() {
		return netip.Addr{}, fmt.Errorf("%s: %q is not an IPv4 network such as %s", path, pool, defaultRouterIDPool)
	}
	if prefix.Bits() > 24 {
		return netip.Addr{}, fmt.Errorf("%s: %s is too small: it must be a /24 or larger", path, pool)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(node))
	hosts := uint64(1)<<(32-prefix.Bits()) - 2
	offset := uint32(uint64(h.Sum32())%hosts) + 1

	network := prefix.Masked().Addr().As4()
	var id [4]byte
	binary.BigEndian.PutUint32(id[:], binary.BigEndian.Uint32(network[:])+offset)
	return netip.AddrFrom4(id), nil
}
