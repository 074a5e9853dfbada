package render

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Identity finds what of a Config follows from the node itself and from
// nothing else: its router ID. The errors are those of Resolve.
func Identity(in Input) (RouterID, error) {
	if in.Node == nil {
		return RouterID{}, ErrNoNode
	}
	if err := checkName(in.Node.Name); err != nil {
		return RouterID{}, err
	}
	return routerIDOf(in)
}

// checkName refuses what no API server has passed: the name stands in frr.conf,
// and a Node may come from a file.
func checkName(node string) error {
	if wrong := validation.IsDNS1123Subdomain(node); wrong != nil {
		return fmt.Errorf("%q is not the name of a Node: %s", node, wrong[0])
	}
	return nil
}

func routerIDOf(in Input) (RouterID, error) {
	id, err := ResolveRouterID(in.Configuration.Spec.Global, in.Node)
	if err == nil && id.Source == FromNodeName && in.AwaitAddress && len(in.Node.Status.Addresses) == 0 {
		err = fmt.Errorf("%s: %w", routerIDPath, ErrNodeHasNoAddress)
	}
	if err != nil {
		return RouterID{}, &RouterIDError{err}
	}
	return id, nil
}
