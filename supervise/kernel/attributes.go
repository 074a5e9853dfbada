//go:build linux

package kernel

import (
	"iter"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// number is the value of an attribute that is one, 0 of one that is too short.
func number(value []byte) uint32 {
	if len(value) < 4 {
		return 0
	}
	return nl.NativeEndian().Uint32(value)
}

// attributes walks the attributes of a message, by type; nl.ParseRouteAttr
// would take a third of the time of a whole Observe. The kernel writes no
// malformed ones; if it did, they and what follows would count as absent.
func attributes(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= unix.SizeofRtAttr {
			length := int(nl.NativeEndian().Uint16(b))
			if length < unix.SizeofRtAttr || length > len(b) {
				return
			}
			kind := nl.NativeEndian().Uint16(b[2:]) & nl.NLA_TYPE_MASK
			if !yield(kind, b[unix.SizeofRtAttr:length]) {
				return
			}
			b = b[min((length+unix.RTA_ALIGNTO-1)&^(unix.RTA_ALIGNTO-1), len(b)):]
		}
	}
}
