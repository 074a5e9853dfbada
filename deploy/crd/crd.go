// Package crd holds the generated CustomResourceDefinitions.
package crd

import _ "embed"

// Each variable is one CustomResourceDefinition as a YAML document.
var (
	// BGPConfiguration defines configs.bgp.purelb.io.
	//go:embed bgp.purelb.io_configs.yaml
	BGPConfiguration []byte

	// BGPNodeStatus defines bgpnodestatuses.bgp.purelb.io.
	//go:embed bgp.purelb.io_bgpnodestatuses.yaml
	BGPNodeStatus []byte
)
