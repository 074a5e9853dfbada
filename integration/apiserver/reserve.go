package apiserver

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// A reservation holds a TCP port of 127.0.0.1 without listening on it. While nobody
// listens, connections are refused, and yet nobody else is given the port: the kernel
// hands out no port that has a socket bound to it, and only a socket that asks for this
// very port with SO_REUSEPORT may share it. So an address survives an outage.
type reservation struct {
	number int // 0: none
	socket int
}

// reserve takes a free port in the network namespace of the calling thread.
func reserve() (reservation, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return reservation{}, fmt.Errorf("reserve a port of 127.0.0.1: %w", err)
	}
	number, err := bind(socket)
	if err != nil {
		unix.Close(socket)
		return reservation{}, fmt.Errorf("reserve a port of 127.0.0.1: %w", err)
	}
	return reservation{number, socket}, nil
}

func bind(socket int) (port int, err error) {
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, err
	}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	addr, err := unix.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return addr.(*unix.SockaddrInet4).Port, nil
}

// listen opens the port in the network namespace of the calling thread.
func (r reservation) listen() (net.Listener, error) {
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		if e := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}); e != nil {
			return e
		}
		return err
	}}
	return share.Listen(context.Background(), "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(r.number)))
}

func (r reservation) release() error {
	if r.number == 0 {
		return nil
	}
	return unix.Close(r.socket)
}
