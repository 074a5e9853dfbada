//go:build linux

// Package listen finds out what bgpd could listen on, before bgpd is started: a
// bgpd that cannot listen ends as soon as it has a BGP instance, and again at
// each start.
package listen

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// DefaultPort is BGP's (RFC 4271).
const DefaultPort = 179

// Options are bgpd's options -p and -l.
type Options struct {
	// Port is 0 to not listen.
	Port uint16
	// Addresses are those that bgpd listens on, in the order in which they were
	// stated; none stands for all.
	Addresses []netip.Addr
}

// Nowhere are the options of a bgpd that connects and is not connected to.
var Nowhere = Options{}

// Equal reports whether a bgpd with either options listens on the same.
func (o Options) Equal(other Options) bool {
	return o.Port == other.Port && (o.Port == 0 || slices.Equal(o.Addresses, other.Addresses))
}

// Args are the options as bgpd takes them. "-p 179" is left out.
func (o Options) Args() []string {
	if o.Port == 0 {
		return []string{"-p", "0"}
	}
	var args []string
	if o.Port != DefaultPort {
		args = append(args, "-p", strconv.Itoa(int(o.Port)))
	}
	for _, a := range o.Addresses {
		args = append(args, "-l", a.String())
	}
	return args
}

// String is one argument list, for people.
func (o Options) String() string {
	if args := o.Args(); len(args) > 0 {
		return strings.Join(args, " ")
	}
	return "-p 179"
}

// Sockets are the addresses and ports that a bgpd with these options listens on.
func (o Options) Sockets() []netip.AddrPort {
	if o.Port == 0 {
		return nil
	}
	addresses := o.Addresses
	if len(addresses) == 0 {
		addresses = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	var sockets []netip.AddrPort
	for _, a := range addresses {
		sockets = append(sockets, netip.AddrPortFrom(a, o.Port))
	}
	return sockets
}

// Problem is a socket that bgpd cannot listen on, and why.
type Problem struct {
	Socket netip.AddrPort
	Err    error
}

func (p Problem) String() string { return fmt.Sprintf("%s: %v", p.Socket, p.Err) }

// Usable returns the options of a bgpd that lives, as near as can be to the
// wanted ones, and what is in the way of these. A bgpd with -l ends if a single
// address cannot be listened on; one without ends if neither IPv4 nor IPv6 can.
// If nothing can be listened on, Usable is Nowhere. bind reports why bgpd could
// not listen on a socket.
func (o Options) Usable(bind func(netip.AddrPort) error) (Options, []Problem) {
	if o.Port == 0 {
		return o, nil
	}
	usable := Options{Port: o.Port}
	var problems []Problem
	free := 0
	for _, s := range o.Sockets() {
		if err := bind(s); err != nil {
			problems = append(problems, Problem{s, err})
			continue
		}
		free++
		if len(o.Addresses) > 0 {
			usable.Addresses = append(usable.Addresses, s.Addr())
		}
	}
	if free == 0 {
		return Nowhere, problems
	}
	return usable, problems
}
