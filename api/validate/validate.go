// Package validate holds every rule about a BGPConfiguration that its schema
// cannot state: that addresses are addresses, names fit FRR's commands, and
// references lead somewhere.
//
// It judges the object alone. What depends on the node, its selectors, Secrets
// and addresses, package render decides.
package validate

import (
	"cmp"
	"fmt"
	"net/netip"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
	"github.com/k8frr/k8frr/render/token"
)

// Configuration checks a BGPConfiguration as a whole. The error lists all that
// is wrong, each with its field; nil if nothing is.
func Configuration(c *v1.BGPConfiguration) error {
	_, err := Policies(c, nil)
	return err
}

// Policies checks a BGPConfiguration as Configuration does, and returns its
// policies as well. It calls pause, unless that is nil, before each small piece of
// work, and continues when pause returns.
func Policies(c *v1.BGPConfiguration, pause func()) (*policy.Policies, error) {
	spec := field.NewPath("spec")
	var errs field.ErrorList
	errs = append(errs, global(spec.Child("global"), &c.Spec.Global)...)

	groups := map[string]bool{}
	for i := range c.Spec.PeerGroups {
		p := spec.Child("peerGroups").Index(i)
		g := &c.Spec.PeerGroups[i]
		errs = append(errs, peerGroup(p, g)...)
		groups[g.Config.Name] = true
	}
	for i := range c.Spec.Neighbors {
		p := spec.Child("neighbors").Index(i)
		n := &c.Spec.Neighbors[i]
		errs = append(errs, neighbor(p, n)...)
		if name := n.Config.NeighborInterface; name != "" && groups[name] {
			errs = append(errs, field.Invalid(p.Child("config", "neighborInterface"), name, "is also the name of a peer group, and FRR cannot tell them apart: rename the group"))
		}
	}
	errs = append(errs, ranges(spec.Child("dynamicNeighbors"), c.Spec.DynamicNeighbors)...)
	errs = append(errs, tables(spec, &c.Spec)...)
	read, wrong := policies(spec, &c.Spec, pause)
	errs = append(errs, wrong...)
	if len(errs) == 0 {
		return read, nil
	}
	return read, bounded(spec, errs).ToAggregate()
}

func global(p *field.Path, g *v1.Global) field.ErrorList {
	var errs field.ErrorList
	if g.ASN == 0 {
		errs = append(errs, field.Required(p.Child("asn"), "the local AS number, 1 to 4294967295"))
	}
	if g.ListenPort < -1 || g.ListenPort > 65535 {
		errs = append(errs, field.Invalid(p.Child("listenPort"), g.ListenPort, "must be a port, 0 for the default or -1 to not listen"))
	}
	if pool := g.RouterIDPool; pool != "" {
		switch prefix, err := netip.ParsePrefix(pool); {
		case err != nil || !prefix.Addr().Is4():
			errs = append(errs, field.Invalid(p.Child("routerIDPool"), pool, "must be an IPv4 network such as 10.255.0.0/16"))
		case prefix.Bits() > 24:
			errs = append(errs, field.Invalid(p.Child("routerIDPool"), pool, "must be a /24 or larger"))
		}
	}
	errs = append(errs, listen(p.Child("listenAddresses"), g.ListenAddresses)...)
	return append(errs, confederation(p.Child("confederation"), g.Confederation)...)
}

func peerGroup(p *field.Path, g *v1.PeerGroup) field.ErrorList {
	var errs field.ErrorList
	name := p.Child("config", "peerGroupName")
	if _, err := token.Word(g.Config.Name); err != nil {
		errs = append(errs, field.Invalid(name, g.Config.Name, err.Error()))
	} else if _, err := netip.ParseAddr(g.Config.Name); err == nil {
		errs = append(errs, field.Invalid(name, g.Config.Name, "must not be an address, which FRR would take for a neighbor"))
	}
	errs = append(errs, timers(p.Child("timers"), g.Timers)...)
	errs = append(errs, families(p.Child("afiSafis"), g.AfiSafis)...)
	return append(errs, transport(p.Child("transport"), g.Transport)...)
}

func neighbor(p *field.Path, n *v1.Neighbor) field.ErrorList {
	var errs field.ErrorList
	config := p.Child("config")
	switch {
	case n.Config.NeighborInterface != "":
		name := n.Config.NeighborInterface
		if _, err := token.Interface(name); err != nil {
			errs = append(errs, field.Invalid(config.Child("neighborInterface"), name, err.Error()))
		} else if _, err := netip.ParseAddr(name); err == nil {
			errs = append(errs, field.Invalid(config.Child("neighborInterface"), name, "is an address: use neighborAddress"))
		}
	case n.Config.NeighborAddress != "":
		if _, err := token.PeerAddress(n.Config.NeighborAddress); err != nil {
			errs = append(errs, field.Invalid(config.Child("neighborAddress"), n.Config.NeighborAddress, err.Error()))
		}
	default:
		errs = append(errs, field.Required(config, "one of neighborAddress and neighborInterface"))
	}
	if a, b := n.AuthPasswordSecretRef, n.Config.AuthPasswordSecretRef; a != nil && b != nil && !sameRef(a, b) {
		errs = append(errs, field.Invalid(p.Child("authPasswordSecretRef"), a.Name, "differs from config.authPasswordSecretRef: keep one"))
	}
	if name := n.Config.VRF; name != "" {
		if _, err := token.Interface(name); err != nil {
			errs = append(errs, field.Invalid(config.Child("vrf"), name, err.Error()))
		}
	}
	errs = append(errs, timers(p.Child("timers"), n.Timers)...)
	errs = append(errs, families(p.Child("afiSafis"), n.AfiSafis)...)
	errs = append(errs, transport(p.Child("transport"), n.Transport)...)
	errs = append(errs, sameFamily(p, n)...)
	return append(errs, clusterID(p.Child("routeReflector"), n.RouteReflector)...)
}

func sameRef(a, b *v1.SecretKeyRef) bool {
	return a.Name == b.Name && a.Key == b.Key && (a.Optional != nil && *a.Optional) == (b.Optional != nil && *b.Optional)
}

// timers may be spelled in two ways, which must not contradict each other.
func timers(p *field.Path, t *v1.Timers) field.ErrorList {
	if t == nil {
		return nil
	}
	nested := v1.TimersConfig{}
	if t.Config != nil {
		nested = *t.Config
	}
	var errs field.ErrorList
	for _, timer := range []struct {
		name           string
		direct, nested *uint32
	}{
		{"connectRetry", t.ConnectRetry, nested.ConnectRetry},
		{"holdTime", t.HoldTime, nested.HoldTime},
		{"keepaliveInterval", t.KeepaliveInterval, nested.KeepaliveInterval},
		{"minimumAdvertisementInterval", t.MinimumAdvertisementInterval, nested.MinimumAdvertisementInterval},
	} {
		if timer.direct != nil && timer.nested != nil && *timer.direct != *timer.nested {
			errs = append(errs, field.Invalid(p.Child(timer.name), *timer.direct, fmt.Sprintf("differs from config.%s, which is %d: keep one", timer.name, *timer.nested)))
		}
		if value := cmp.Or(timer.direct, timer.nested); timer.name == "holdTime" && value != nil && (*value == 1 || *value == 2) {
			errs = append(errs, field.Invalid(p.Child(timer.name), *value, "must be 0 or at least 3 seconds (RFC 4271 section 4.2)"))
		}
	}
	return errs
}

// patterns are names of interfaces or globs of names.
func patterns(p *field.Path, list []string) field.ErrorList {
	var errs field.ErrorList
	for i, pattern := range list {
		_, wordErr := token.Word(pattern)
		_, globErr := path.Match(pattern, "")
		switch {
		case wordErr != nil:
			errs = append(errs, field.Invalid(p.Index(i), pattern, wordErr.Error()))
		case globErr != nil:
			errs = append(errs, field.Invalid(p.Index(i), pattern, "is not a glob pattern: a [ is not closed, or it ends with \\"))
		case !strings.ContainsAny(pattern, `*?[\`):
			if _, err := token.Interface(pattern); err != nil {
				errs = append(errs, field.Invalid(p.Index(i), pattern, err.Error()))
			}
		}
	}
	return errs
}
