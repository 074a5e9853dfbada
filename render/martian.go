package render

import (
	"fmt"
	"net/netip"
)

// martian is a block of addresses that never leaves the node, whatever carries
// it.
type martian struct {
	block netip.Prefix
	// least and most bound the lengths of the prefixes in the block that are
	// concerned.
	least, most int
}

// martians are the blocks that no import map and no default export map lets
// through: default routes, what starts where a default route does and is nearly
// as wide, and what RFC 6890 and RFC 4291 keep within a node or a link, or
// reserve. zebra has no connected route for most of these either.
var martians = []martian{
	block("0.0.0.0/0", 0, 0),
	block("0.0.0.0/1", 1, 1), // together with 128.0.0.0/1 a default route
	block("0.0.0.0/2", 2, 2),
	block("0.0.0.0/3", 3, 3),
	block("0.0.0.0/4", 4, 4),
	block("0.0.0.0/5", 5, 5),
	block("0.0.0.0/6", 6, 6),
	block("0.0.0.0/7", 7, 7),
	block("0.0.0.0/8", 8, 32),
	block("127.0.0.0/8", 8, 32),
	block("169.254.0.0/16", 16, 32),
	block("224.0.0.0/3", 3, 32), // multicast and reserved
	block("::/0", 0, 0),
	block("::/1", 1, 1),
	block("::/2", 2, 2),
	block("::/3", 3, 15), // the whole of it is reserved, but for longer prefixes such as 64:ff9b::/96
	block("::/128", 128, 128),
	block("::1/128", 128, 128),
	block("fe80::/10", 10, 128),
	block("ff00::/8", 8, 128),
}

func block(prefix string, least, most int) martian {
	return martian{netip.MustParsePrefix(prefix), least, most}
}

// has reports whether a masked prefix is of the block.
func (m martian) has(p netip.Prefix) bool {
	return p.Bits() >= m.least && p.Bits() <= m.most && m.block.Contains(p.Addr())
}

// value is the block as an entry of a prefix list spells it.
func (m martian) value() string {
	if m.most == m.block.Bits() {
		return m.block.String()
	}
	return fmt.Sprintf("%s le %d", m.block, m.most)
}

// Importable reports whether the prefix of an address, or of a route, can be
// announced at all. What counts is the prefix that would be announced, not the
// address in it.
func Importable(p netip.Prefix) bool {
	p = p.Masked()
	for _, m := range martians {
		if m.has(p) {
			return false
		}
	}
	return p.IsValid()
}

// Short reports whether a prefix is so wide that nobody means to announce it from
// a node: a mask that is missing or mistyped is more likely.
func Short(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() < 8
	}
	return p.Bits() < 16
}

// martianLists are the prefix lists of what is never announced.
func martianLists() []listEntry {
	var entries []listEntry
	for k, m := range martians {
		entries = append(entries, listEntry{prefixList(m.block.Addr().Is4()), martianName, uint32(k + 1), "permit", m.value()})
	}
	return entries
}

// seqMartian4 and seqMartian6 come before every other entry of a map.
const (
	seqMartian4 = 1
	seqMartian6 = 2
)

// denyMartians are the first entries of a route map by which routes leave.
func denyMartians(name string) []routeMapEntry {
	deny := func(seq uint32, is4 bool) routeMapEntry {
		return routeMapEntry{Name: name, Action: "deny", Seq: seq, Lines: []string{"match " + kind(is4) + " address prefix-list " + martianName}}
	}
	return []routeMapEntry{deny(seqMartian4, true), deny(seqMartian6, false)}
}
