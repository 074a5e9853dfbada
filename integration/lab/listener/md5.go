//go:build linux

package listener

import (
	"fmt"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// md5Keys sets the TCP MD5 signature keys (RFC 2385) of a socket before it listens or connects.
func md5Keys(network string, passwords map[netip.Addr]string) func(string, string, syscall.RawConn) error {
	return func(_, address string, raw syscall.RawConn) error {
		is4 := network == "tcp4"
		if remote, err := netip.ParseAddrPort(address); network == "tcp" && err == nil {
			is4 = remote.Addr().Is4()
		}
		for neighbor, password := range passwords {
			if neighbor.Is4() != is4 {
				continue
			}
			sig, err := md5Signature(neighbor, password)
			if err != nil {
				return err
			}
			if cerr := raw.Control(func(fd uintptr) {
				err = unix.SetsockoptTCPMD5Sig(int(fd), unix.IPPROTO_TCP, unix.TCP_MD5SIG, sig)
			}); cerr != nil {
				return cerr
			}
			if err != nil {
				return fmt.Errorf("set the TCP MD5 key of %s: %w", neighbor, err)
			}
		}
		return nil
	}
}

func md5Signature(neighbor netip.Addr, password string) (*unix.TCPMD5Sig, error) {
	sig := &unix.TCPMD5Sig{Keylen: uint16(len(password))}
	if len(password) > len(sig.Key) {
		return nil, fmt.Errorf("the TCP MD5 key of %s has %d bytes, the kernel takes %d", neighbor, len(password), len(sig.Key))
	}
	copy(sig.Key[:], password)
	// A sockaddr_in is family, port, address; a sockaddr_in6 family, port, flow label, address.
	if neighbor.Is4() {
		sig.Addr.Family = unix.AF_INET
		copy(sig.Addr.Data[2:], neighbor.AsSlice())
	} else {
		sig.Addr.Family = unix.AF_INET6
		copy(sig.Addr.Data[6:], neighbor.AsSlice())
	}
	return sig, nil
}
