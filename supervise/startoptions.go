package supervise

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// startOptions is what FRR takes at its start only, and what is known of that.
type startOptions struct {
	// file is FRR's file daemons; without a path it is not kept.
	file configFile
	// asked are the options for which running is the answer.
	asked   string
	known   bool
	running bool
}

// keep has the file daemons hold the start options of a configuration.
func (o *startOptions) keep(c *render.Config) error {
	if o.file.path == "" {
		return nil
	}
	return o.file.replace(render.Daemons(c))
}

// ahead keeps the file daemons before anything has run and while FRR does not
// answer: it may yet have to be started, and with its options it starts once.
// They are the same in every dialect. What is wrong with a configuration, or with
// the file, is said when FRR is there.
func (s *Supervisor) ahead(objects render.Objects) {
	if objects.Configuration == nil {
		return
	}
	c, _, err := render.Resolve(render.Input{Objects: objects, Dialect: render.FRR10, AwaitAddress: starting(objects.Node, s.Now())})
	if err == nil {
		_ = s.options.keep(c)
	}
}

// started keeps the file daemons, and tells what of a configuration waits for
// the next start of a daemon.
func (s *Supervisor) started(ctx context.Context, c *render.Config) []render.Note {
	if c == nil {
		return nil
	}
	var notes []render.Note
	o := &s.options
	if err := o.keep(c); err != nil {
		notes = append(notes, render.Note{Path: "spec.global", Reason: "DaemonsNotWritten", Message: "FRR's file daemons could not be written: " + err.Error()})
	}
	if options := c.BGPDOptions(); !o.known || options != o.asked {
		listening, err := s.listening(ctx, c.Listens())
		if err != nil {
			return notes // said elsewhere: a bgpd that does not answer
		}
		o.asked, o.known, o.running = options, true, listening
	}
	if !o.running {
		how := "without -p and -l"
		if o.asked != "" {
			how = "with " + o.asked
		}
		notes = append(notes, render.Note{Path: "spec.global.listenPort", Reason: "RestartNeeded", Message: "bgpd listens on other addresses or another port until it is started again, " + how})
	}
	return notes
}

// listening says whether bgpd listens on these and no other addresses. It does
// not tell its port, but the kernel knows who is listened for.
func (s *Supervisor) listening(ctx context.Context, wanted []netip.AddrPort) (bool, error) {
	answer, err := s.Router.Show(ctx, "bgpd", "show bgp listeners")
	if err != nil {
		return false, err
	}
	has := listeners(string(answer))
	if len(has) != len(wanted) {
		return false, nil
	}
	sockets, err := listeningSockets()
	if err != nil {
		return false, err
	}
	for _, w := range wanted {
		if !slices.Contains(has, w.Addr()) || !slices.Contains(sockets, w) {
			return false, nil
		}
	}
	return true, nil
}

// listeners reads bgpd's table of them: instance, file descriptor, address.
func listeners(table string) []netip.Addr {
	var addresses []netip.Addr
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) == 3 {
			if a, err := netip.ParseAddr(words[2]); err == nil {
				addresses = append(addresses, a)
			}
		}
	}
	return addresses
}

// listeningSockets are the TCP sockets of this network that wait for
// connections (proc(5), /proc/net/tcp).
func listeningSockets() ([]netip.AddrPort, error) {
	var sockets []netip.AddrPort
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
			if words := strings.Fields(lines.Text()); len(words) > 3 && words[3] == listen {
				if socket, err := parseSocket(words[1]); err == nil {
					sockets = append(sockets, socket)
				}
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
