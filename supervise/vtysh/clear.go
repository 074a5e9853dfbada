//go:build linux

package vtysh

import (
	"context"
	"fmt"

	"github.com/k8frr/k8frr/render/token"
)

// Clear ends the session with a neighbor of a VRF, "" for the default one, which comes up again. The neighbor is named as
// in FRR's commands: by its address, or by the interface of an unnumbered one.
func (c *Client) Clear(ctx context.Context, vrf, peer string) error {
	if !token.Clearable(peer) {
		return fmt.Errorf("clear bgp: FRR takes the neighbor's name %q for another word, which would end other sessions", peer)
	}
	command := "clear bgp " + peer
	if vrf != "" {
		command = "clear bgp vrf " + vrf + " " + peer
	}
	if r := checkLine(1, command); r != nil {
		return r
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	var got answer
	err := c.show("bgpd").use(ctx, command, func(_ *conn, a answer) error {
		got = a
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if got.status > statusWarning {
		return &Refusal{Command: command, Daemon: "bgpd", Status: int(got.status), Message: message(string(got.text))}
	}
	return nil
}
