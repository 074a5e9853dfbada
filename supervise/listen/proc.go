//go:build linux

package listen

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// socket is one that waits for connections, and whose it is.
type socket struct {
	netip.AddrPort
	user uint32
}

// Listening are the TCP sockets of this network namespace that wait for
// connections.
func Listening() ([]netip.AddrPort, error) {
	all, err := listening()
	var sockets []netip.AddrPort
	for _, s := range all {
		sockets = append(sockets, s.AddrPort)
	}
	return sockets, err
}

// listening reads /proc/net/tcp (proc(5)).
func listening() ([]socket, error) {
	var sockets []socket
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		f, err := os.Open(name)
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			const listen = "0A"
			words := strings.Fields(lines.Text())
			if len(words) < 8 || words[3] != listen {
				continue
			}
			at, err := parseSocket(words[1])
			user, badUser := strconv.ParseUint(words[7], 10, 32)
			if err == nil && badUser == nil {
				sockets = append(sockets, socket{at, uint32(user)})
			}
		}
		_ = f.Close()
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return sockets, nil
}

// parseSocket reads an address and port as the kernel prints them: 32-bit words
// in its own byte order, a colon, the port.
func parseSocket(s string) (netip.AddrPort, error) {
	address, port, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	a, ok := netip.AddrFromSlice(raw)
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil || !ok {
		return netip.AddrPort{}, fmt.Errorf("%q is no socket", s)
	}
	return netip.AddrPortFrom(a, uint16(n)), nil
}
