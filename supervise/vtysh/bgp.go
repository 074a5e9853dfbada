//go:build linux

package vtysh

import (
	"context"
	"strings"
)

// onlyBGP reports whether a script is nothing but whole BGP instances, their lines indented under them: what no daemon but
// bgpd takes, in any version.
func onlyBGP(lines []string) bool {
	inside := false
	for _, line := range lines {
		indented := strings.HasPrefix(line, " ")
		switch {
		case isComment(line):
		case inside && indented:
		case inside && line == "exit":
			inside = false
		case !inside && strings.HasPrefix(line, "router bgp "):
			inside = true
		case !inside && strings.HasPrefix(line, "no router bgp "):
		default:
			return false
		}
	}
	return !inside
}

func (c *Client) dialBGP(ctx context.Context) (*conn, error) { return c.dial(ctx, "bgpd") }

// entersContext reports whether a command of a BGP instance enters a context, which the commands after it are for.
func entersContext(text string) bool {
	return strings.HasPrefix(text, "router bgp ") || strings.HasPrefix(text, "address-family ")
}

// notEntered is the refusal of the commands that were for a context.
const notEntered = "this line and all after it were not run, because they are for a context that was refused"
