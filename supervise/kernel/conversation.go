//go:build linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// answerTimeout bounds the wait for each part of an answer, in case the context
// does not. The kernel answers within microseconds, unless some driver holds
// its lock.
const answerTimeout = 10 * time.Second

// conversation is the netlink sockets that live for one Observe. New ones each
// time cost microseconds, and leave no half-read answer behind to trip over.
type conversation struct {
	socket *nl.SocketHandle
	// changes receives what is announced meanwhile of addresses and of IPv6
	// routes.
	changes *os.File
}

func dial(ctx context.Context) (*conversation, error) {
	socket, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("opening a netlink socket to read the interfaces: %w", err)
	}
	timeout := answerTimeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(min(timeout, time.Until(deadline)), time.Microsecond)
	}
	tv := unix.NsecToTimeval(timeout.Nanoseconds())
	_ = socket.SetSendTimeout(&tv)    // these two only store the value
	_ = socket.SetReceiveTimeout(&tv) // and never fail

	// Strict checking makes the kernel filter dumps by interface, table and
	// type. One that cannot (before 4.20) sends everything, which is slower
	// and no less right, because answers are checked here as well.
	_ = unix.SetsockoptInt(socket.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)

	changes, err := subscribe(nil, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR, unix.RTNLGRP_IPV6_ROUTE)
	if err != nil {
		socket.Close()
		return nil, fmt.Errorf("subscribing to changes of addresses and routes: %w", err)
	}
	return &conversation{socket: &nl.SocketHandle{Socket: socket}, changes: changes}, nil
}

func (k *conversation) close() {
	k.socket.Close()
	k.changes.Close()
}

// ask puts a question, an RTM_GET, to the kernel and decodes the messages that
// answer it; decode reports whether to keep a message. With ErrDumpInterrupted
// there is an answer, which may be incomplete.
func ask[T any](ctx context.Context, k *conversation, question uint16, flags int, decode func([]byte) (T, bool), body ...nl.NetlinkRequestData) ([]T, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	req := nl.NewNetlinkRequest(int(question), flags)
	req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: k.socket}
	req.Data = body
	answer := question - 2 // RTM_NEW, DEL, GET, SET, in this order for each kind

	var all []T
	err := req.ExecuteIter(unix.NETLINK_ROUTE, answer, func(m []byte) bool {
		if v, keep := decode(m); keep {
			all = append(all, v)
		}
		return true
	})
	if errors.Is(err, unix.EAGAIN) {
		err = fmt.Errorf("the kernel did not answer in time: %w", os.ErrDeadlineExceeded)
	}
	return all, err
}

// announced reports whether a change of the kind that is looks for was announced
// since the last call. If announcements were lost, it was.
func (k *conversation) announced(is func(kind uint16, body []byte) bool) (bool, error) {
	var m [64]byte // the rest is of no interest, and discarded
	for found := false; ; {
		n, _, err := unix.Recvfrom(int(k.changes.Fd()), m[:], unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return found, nil
		case errors.Is(err, unix.ENOBUFS):
			found = true
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return false, fmt.Errorf("receiving changes of addresses and routes: %w", err)
		case n >= unix.SizeofNlMsghdr+unix.SizeofIfAddrmsg:
			kind := nl.NativeEndian().Uint16(m[offsetType:])
			found = found || is(kind, m[unix.SizeofNlMsghdr:n])
		}
	}
}
