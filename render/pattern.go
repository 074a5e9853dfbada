package render

import (
	"io"
	"net/netip"
	"strings"
)

// Pattern is a whole frr.conf in which the node's name and router ID are left
// open: what nodes have in common that differ in nothing else. It may hold
// passwords, so that it prints redacted.
type Pattern struct{ content Secret }

// What stands for what is left open. No line of frr.conf has a control
// character (token.Line).
const (
	nameHere     = "\x00N"
	routerIDHere = "\x00I"
)

// The node of which a pattern is made. Its name is none that a Node can have,
// and no router ID is an IPv6 address.
const standInName = "k8frr_stand_in"

var standInID = netip.MustParseAddr("2001:db8:7473:6b38:6672:7200:ffff:1")

// Pattern renders a configuration with the name and the router ID left open.
// ok is false if texts for single nodes are needed: templates that a user wrote
// may print a node's name where they like, or decide by it.
func (r *Renderer) Pattern(c *Config) (p Pattern, ok bool, err error) {
	if len(r.overrides) > 0 {
		return Pattern{}, false, nil
	}
	open := *c
	open.Node, open.RouterID = standInName, RouterID{standInID, c.RouterID.Source}
	text, err := r.Text(&open)
	if err != nil {
		return Pattern{}, false, err
	}
	return text.pattern(standInName, standInID.String()), true, nil
}

// PatternOf leaves a node's name and router ID open in its own text, wherever
// they stand.
func PatternOf(t Text, node string, id RouterID) Pattern {
	return t.pattern(node, id.Address.String())
}

func (t Text) pattern(node, id string) Pattern {
	return Pattern{NewSecret(strings.NewReplacer(node, nameHere, id, routerIDHere).Replace(t.Reveal()))}
}

// For is the frr.conf of a node.
func (p Pattern) For(node string, id RouterID) Text {
	var text strings.Builder
	_ = p.Write(&text, node, id)
	return Text{NewSecret(text.String())}
}

// Redacted is a pattern without its passwords.
func (p Pattern) Redacted() Pattern { return Pattern{NewSecret(Redact(p.content.Reveal()))} }

// Write writes the frr.conf of a node, passwords and all. For other eyes than
// FRR's it is that of a Redacted pattern.
func (p Pattern) Write(to io.Writer, node string, id RouterID) error {
	values := map[byte]string{nameHere[1]: node, routerIDHere[1]: id.Address.String()}
	for i, part := range strings.Split(p.content.Reveal(), "\x00") {
		if i > 0 {
			if _, err := io.WriteString(to, values[part[0]]); err != nil {
				return err
			}
			part = part[1:]
		}
		if _, err := io.WriteString(to, part); err != nil {
			return err
		}
	}
	return nil
}

// String shows the pattern redacted, with words for what is left open.
func (p Pattern) String() string {
	return Redact(strings.NewReplacer(nameHere, "NODE", routerIDHere, "ROUTER-ID").Replace(p.content.Reveal()))
}
