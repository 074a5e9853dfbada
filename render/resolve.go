package render

import (
	"errors"
	"fmt"

	v1 "github.com/k8frr/k8frr/api/v1"
)

const (
	defaultListenPort       = 179
	defaultHeartbeatSeconds = 60
)

// ErrNoConfiguration says that there is no BGPConfiguration to render.
var ErrNoConfiguration = errors.New("there is no BGPConfiguration for this node")

// ErrNoNode says that the Node is not known.
var ErrNoNode = errors.New("the Node object of this node is not known")

// RouterIDError says that nothing can run for lack of a router ID.
type RouterIDError struct{ err error }

func (e *RouterIDError) Error() string { return e.err.Error() }
func (e *RouterIDError) Unwrap() error { return e.err }

// Resolve decides everything that the configuration of a node leaves open. An
// error means that nothing of it can run; what concerns a single neighbor or
// field is told in notes, and the rest runs.
func Resolve(in Input) (*Config, []Note, error) {
	if in.Configuration == nil {
		return nil, nil, ErrNoConfiguration
	}
	if in.Node == nil {
		return nil, nil, ErrNoNode
	}
	if err := checkName(in.Node.Name); err != nil {
		return nil, nil, err
	}
	prepared := in.Prepared
	if !prepared.Of(in.Configuration) {
		prepared = Prepare(in.Configuration, nil)
	}
	if prepared.err != nil {
		return nil, nil, prepared.err
	}

	spec := &in.Configuration.Spec
	r := &resolver{in: in, spec: spec, policies: newPolicies(prepared.policies)}
	r.notes.addAll(prepared.notes)
	id, err := routerIDOf(in)
	if err != nil {
		return nil, r.notes.folded(), err
	}
	c := &Config{
		Node:             in.Node.Name,
		Generation:       in.Configuration.Generation,
		ASN:              spec.Global.ASN,
		RouterID:         id,
		ListenPort:       spec.Global.ListenPort,
		Dialect:          in.Dialect,
		StatusEnabled:    true,
		HeartbeatSeconds: defaultHeartbeatSeconds,
	}
	if in.Held.IsValid() && id.Source != FromSpec && in.Held.Address != id.Address {
		c.RouterID, c.PendingRouterID = in.Held, id
	}
	if c.ListenPort == 0 {
		c.ListenPort = defaultListenPort
	}
	if s := spec.Global.NodeStatus; s != nil {
		if s.Enabled != nil {
			c.StatusEnabled = *s.Enabled
		}
		if s.HeartbeatSeconds != nil {
			c.HeartbeatSeconds = *s.HeartbeatSeconds
		}
	}
	c.ListenAddresses = listenAddresses(spec.Global.ListenAddresses)
	c.Speaker = r.speaker()
	c.Families = r.globalFamilies()
	c.Export = r.exports()
	r.sessions(&c.Instance)
	c.Import = r.imports(&c.Instance, r.defaultImport()...)
	c.VRFs = r.vrfs(c)
	c.Policies = r.policies.attached(c.Instances())
	r.noteFutile(r.policies.effects)
	c.UsesBFD = r.usesBFD
	c.lastSecrets = r.lastSecrets
	return c, r.notes.folded(), nil
}

// resolver collects notes while parts of a configuration are resolved.
type resolver struct {
	in    Input
	spec  *v1.BGPConfigurationSpec
	notes notes
	// usesBFD says that a session asks for BFD.
	usesBFD bool
	// lastSecrets are those of the input's that are used.
	lastSecrets map[string]map[string]Secret

	policies policies
	// reflected reports whether an internal neighbor of a route reflector, in
	// the instance that is resolved, has no export policy.
	reflected bool
}

// note tells something, once: a peer group is resolved for every instance.
func (r *resolver) note(path, reason, format string, args ...any) {
	r.notes.add(Note{Path: path, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

// leaveOut notes why FRR does not get the neighbor or the range that a field is of.
func (r *resolver) leaveOut(path, reason, format string, args ...any) {
	r.notes.add(Note{Path: path, Reason: reason, Message: fmt.Sprintf(format, args...), LeftOut: true})
}
