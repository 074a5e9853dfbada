//go:build linux

package kernel

import (
	"os"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// receiveBuffer is how many bytes of announcements may wait, the kernel's
// bookkeeping included: a few thousand changes. Losing some is no harm, only
// work: it is noticed, and answered by looking again.
const receiveBuffer = 4 << 20

// subscribe opens a socket that receives the announcements of the given
// RTNLGRP_ groups, one message for each that filter lets through, if there is
// a filter.
func subscribe(filter []bpf.Instruction, groups ...int) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	socket := os.NewFile(uintptr(fd), "netlink")
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil {
		// Without CAP_NET_ADMIN the kernel gives as much as rmem_max allows.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	}
	address := &unix.SockaddrNetlink{Family: unix.AF_NETLINK}
	for _, g := range groups {
		address.Groups |= 1 << (g - 1)
	}
	// The filter goes in before the subscription, so nothing slips past it.
	if err = attach(fd, filter); err == nil {
		err = unix.Bind(fd, address)
	}
	if err != nil {
		socket.Close()
		return nil, err
	}
	return socket, nil
}

// attach makes the kernel drop messages to fd that filter does not let through
// (SO_ATTACH_FILTER).
func attach(fd int, filter []bpf.Instruction) error {
	if len(filter) == 0 {
		return nil
	}
	raw, err := bpf.Assemble(filter)
	if err != nil {
		return err
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]})
}
