//go:build linux

package listen

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Binder returns the function that reports why a bgpd of a user could not listen
// on a socket in this network namespace; nil if it could. The function does what
// bgpd does, up to listen(2), so nobody can connect to what it binds. What this
// bgpd has bound already is no obstacle: bgpd sets SO_REUSEPORT, which lets
// sockets of the same user share an address.
func Binder(user uint32) func(netip.AddrPort) error {
	return func(s netip.AddrPort) error {
		if os.Geteuid() != 0 {
			return explain(tryAsSelf(s))
		}
		done := make(chan error, 1)
		go func() {
			runtime.LockOSThread() // never unlocked: the thread, whose user changes, ends with the goroutine
			// The owner of a socket is the user for files, which changes no capability
			// that a port below 1024 takes.
			_, _ = unix.SetfsuidRetUid(int(user))
			if now, _ := unix.SetfsuidRetUid(-1); now != int(user) {
				done <- nil // unknown, without CAP_SETUID: bgpd is tried
				return
			}
			done <- bind(s)
		}()
		return explain(<-done)
	}
}

// tryAsSelf is for a process that may not bind every port. What listens is
// listed then, and other sockets are overlooked.
func tryAsSelf(s netip.AddrPort) error {
	err := bind(s)
	if !errors.Is(err, unix.EACCES) {
		return err
	}
	if err := bind(netip.AddrPortFrom(s.Addr(), 0)); err != nil {
		return err
	}
	sockets, err := listening()
	if err != nil {
		return nil // unknown: bgpd is tried
	}
	for _, other := range sockets {
		if other.user != uint32(os.Geteuid()) && overlap(other.AddrPort, s) {
			return unix.EADDRINUSE
		}
	}
	return nil
}

// overlap reports whether only one of two sockets can listen, those of "::"
// being taken for IPv6 only.
func overlap(a, b netip.AddrPort) bool {
	if a.Port() != b.Port() || a.Addr().Is4() != b.Addr().Is4() {
		return false
	}
	return a.Addr() == b.Addr() || a.Addr().IsUnspecified() || b.Addr().IsUnspecified()
}

// bind binds a socket with bgpd's socket options, and closes it.
func bind(s netip.AddrPort) error {
	family := unix.AF_INET
	var address unix.Sockaddr = &unix.SockaddrInet4{Port: int(s.Port()), Addr: as4(s.Addr())}
	if s.Addr().Is6() {
		family = unix.AF_INET6
		address = &unix.SockaddrInet6{Port: int(s.Port()), Addr: s.Addr().As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for _, option := range []int{unix.SO_REUSEADDR, unix.SO_REUSEPORT} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, 1); err != nil {
			return err
		}
	}
	if family == unix.AF_INET6 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil {
			return err
		}
	}
	return unix.Bind(fd, address)
}

func as4(a netip.Addr) (four [4]byte) {
	if a.Is4() {
		return a.As4()
	}
	return four
}

// explain says what an error of bind(2) means for an operator.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("this node does not have the address: %w", err)
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("another program has the port: %w", err)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("bgpd cannot listen on a link-local address: %w", err)
	}
	return err
}
