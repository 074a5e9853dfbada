//go:build linux

package vtysh

import (
	"context"
	"strings"
)

// onlyBGP tells whether a script is nothing but whole BGP instances, their lines indented under them: what no daemon but
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

// applyBGP enters a script over the kept connection to bgpd, between the markers that vtysh puts there: until the
// second, bgpd starts no session, so that a neighbor is whole before it connects.
func (c *Client) applyBGP(ctx context.Context, lines []string) error {
	commands := commandsOf(lines)
	var refusals Refusals
	err := c.bgp.use(ctx, "enable", func(cn *conn, _ answer) (err error) {
		refusals, err = cn.configure(dialectOf(cn.daemon, len(commands)), commands)
		return err
	})
	if err != nil {
		return err
	}
	return refusals.err()
}

func (c *Client) dialBGP(ctx context.Context) (*conn, error) { return c.dial(ctx, "bgpd") }

// entersContext tells whether a command of a BGP instance enters a context, which the commands after it are for.
func entersContext(text string) bool {
	return strings.HasPrefix(text, "router bgp ") || strings.HasPrefix(text, "address-family ")
}

// notEntered is the refusal of the commands that were for a context.
const notEntered = "this line and all after it were not run, because they are for a context that was refused"
