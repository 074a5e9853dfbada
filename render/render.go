// Package render turns what a user declared for a cluster, and what one node's
// kernel carries, into that node's frr.conf.
//
// It is pure: the same Input gives the same bytes, in whatever order its lists
// come. Resolve decides (selectors, references, templates of router IDs,
// defaults), a Renderer prints. Numbers, names and order come from content and
// never from position, so that a change in one object changes its own lines
// only.
package render

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash identifies a rendered text in status and logs without giving it away.
func (t Text) Hash() string {
	sum := sha256.Sum256([]byte(t.Reveal()))
	return hex.EncodeToString(sum[:6])
}
