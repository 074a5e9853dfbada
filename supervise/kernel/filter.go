//go:build linux

package kernel

import (
	"encoding/binary"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Where a message has what the filter reads: struct nlmsghdr, then struct
// rtmsg.
const (
	offsetType     = 4
	offsetTable    = unix.SizeofNlMsghdr + 4
	offsetProtocol = unix.SizeofNlMsghdr + 5
	offsetKind     = unix.SizeofNlMsghdr + 7
)

// relevant is a program for the kernel that lets through each announcement
// except those of routes that imported refuses. A node that takes a whole
// Internet table into its kernel announces every route of it; none of them
// wakes the agent or fills its buffer.
func relevant() []bpf.Instruction {
	var program []bpf.Instruction
	add := func(i ...bpf.Instruction) { program = append(program, i...) }
	keep, drop := bpf.RetConstant{Val: 1 << 31}, bpf.RetConstant{Val: 0}

	add(bpf.LoadAbsolute{Off: offsetType, Size: 2},
		bpf.JumpIf{Val: inHostOrder(unix.RTM_NEWROUTE), SkipTrue: 2},
		bpf.JumpIf{Val: inHostOrder(unix.RTM_DELROUTE), SkipTrue: 1},
		keep,
		bpf.LoadAbsolute{Off: offsetTable, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.RT_TABLE_LOCAL, SkipTrue: 1},
		drop,
		bpf.LoadAbsolute{Off: offsetKind, Size: 1},
		bpf.JumpIf{Val: unix.RTN_UNICAST, SkipTrue: 1},
		drop,
		bpf.LoadAbsolute{Off: offsetProtocol, Size: 1})
	for _, protocol := range append([]uint8{unix.RTPROT_KERNEL}, daemons...) {
		add(bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(protocol), SkipTrue: 1}, drop)
	}
	add(keep)
	return program
}

// inHostOrder is what the filter machine, which reads in network order, sees
// of a number that the kernel wrote in its own.
func inHostOrder(n uint16) uint32 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], n)
	return uint32(binary.BigEndian.Uint16(b[:]))
}
