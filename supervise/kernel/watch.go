//go:build linux

package kernel

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// resubscribePause keeps a subscription that fails again and again from
// becoming a busy loop.
const resubscribePause = 10 * time.Millisecond

// Watch calls notify whenever Observe might have a new answer: after each
// change of a link or an address, after each change of a route that could be
// imported, and once it is subscribed, for what came before. If announcements
// are lost it subscribes again and calls notify, so no change goes unnoticed.
// It carries no detail, and calls are not spared: notify should return at once.
//
// Watch returns nil when ctx ends, and an error when it cannot subscribe.
func Watch(ctx context.Context, notify func()) error {
	for {
		announcements, err := subscribe(relevant(), unix.RTNLGRP_LINK,
			unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR, unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE)
		if err != nil {
			return fmt.Errorf("subscribing to changes of interfaces, addresses and routes: %w", err)
		}
		notify()
		relay(ctx, announcements, notify)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(resubscribePause):
		}
	}
}

// relay calls notify for each announcement until there is an error: ENOBUFS
// if the kernel had to drop some, or the end of ctx. It closes announcements.
func relay(ctx context.Context, announcements *os.File, notify func()) {
	defer announcements.Close()
	defer context.AfterFunc(ctx, func() { announcements.Close() })()
	// That something came is all there is to know; reading less than the
	// whole discards the rest.
	var something [unix.SizeofNlMsghdr]byte
	for {
		if _, err := announcements.Read(something[:]); err != nil {
			return
		}
		notify()
	}
}
