package render

import (
	"reflect"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
	"github.com/k8frr/k8frr/render/policy"
)

// Prepared is a BGPConfiguration that was checked and whose policies were read:
// what costs most, and depends on neither the node nor its interfaces. Only one
// goroutine may resolve with it at a time.
type Prepared struct {
	configuration *v1.BGPConfiguration
	err           error
	notes         []Note
	policies      *policy.Policies
}

// Prepare checks a configuration and reads its policies. It calls pause, unless
// that is nil, before each small piece of work, and continues when pause returns.
func Prepare(c *v1.BGPConfiguration, pause func()) *Prepared {
	p := &Prepared{configuration: c}
	if p.policies, p.err = validate.Policies(c, pause); p.err == nil {
		p.notes = NotApplied(&c.Spec)
	}
	return p
}

// Of reports whether p was made of a configuration or of one with the same
// spec.
func (p *Prepared) Of(c *v1.BGPConfiguration) bool {
	if p == nil || c == nil {
		return false
	}
	return SameSpec(p.configuration, c)
}

// SameSpec reports whether two configurations have the same spec.
func SameSpec(own, c *v1.BGPConfiguration) bool {
	return own == c || own.UID != "" && own.UID == c.UID && own.Generation == c.Generation || reflect.DeepEqual(own.Spec, c.Spec)
}
