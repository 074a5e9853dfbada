//go:build linux

package kernel

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

const (
	vrfKind      = "vrf"
	ifVRFTable   = 1 // IFLA_VRF_TABLE of linux/if_link.h
	portVRFTable = 1 // IFLA_VRF_PORT_TABLE
)

// readVRF reads, of what the kernel says about a link (IFLA_LINKINFO), whether
// it is a VRF device or belongs to one. The name of the latter is asked for
// separately.
func (l *link) readVRF(info []byte, master int32) {
	var kind, portKind string
	var data, portData []byte
	for attribute, value := range attributes(info) {
		switch attribute {
		case unix.IFLA_INFO_KIND:
			kind = unix.ByteSliceToString(value)
		case unix.IFLA_INFO_DATA:
			data = value
		case unix.IFLA_INFO_SLAVE_KIND:
			portKind = unix.ByteSliceToString(value)
		case unix.IFLA_INFO_SLAVE_DATA:
			portData = value
		}
	}
	switch {
	case kind == vrfKind:
		l.vrf = l.name
		l.readTable(data, ifVRFTable)
	case portKind == vrfKind:
		l.master = master
		l.readTable(portData, portVRFTable)
	}
}

func (l *link) readTable(data []byte, attribute uint16) {
	for kind, value := range attributes(data) {
		if kind == attribute && len(value) >= 4 {
			l.table = nl.NativeEndian().Uint32(value)
		}
	}
}
