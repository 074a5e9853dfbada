//go:build linux

// Package listener is a small BGP speaker that accepts any neighbor, keeps its session alive, and records what it hears
// with the time at which the bytes were read: the ear, and the clock, of the integration tests.
//
// It speaks IPv4 and IPv6 unicast (RFC 4760) with 4-byte ASNs (RFC 6793), takes IPv6 next hops for IPv4 (RFC 8950),
// announces what it is told to, and can be told to misbehave. It is no router: it selects nothing and passes nothing on.
package listener

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// Namespace is where a listener opens its sockets, such as a host of the lab.
type Namespace interface {
	Do(func() error) error
}

// Config is what a listener says of itself. Only ASN is required.
type Config struct {
	ASN      uint32
	RouterID netip.Addr    // IPv4; by default the session's own address, or 192.0.2.1 on an IPv6 session
	Port     uint16        // TCP port to listen on; by default 179
	HoldTime time.Duration // whole seconds, at least 3; by default 90 s

	// Passwords are the TCP MD5 keys (RFC 2385) by the neighbor's address. A neighbor with a key cannot connect without it,
	// one that has none cannot with.
	Passwords map[netip.Addr]string
}

// Listener is the speaker. It has the methods of a View of all its peers.
type Listener struct {
	View
	config  Config
	ns      Namespace
	sockets []net.Listener
	ctx     context.Context
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu       sync.Mutex
	sessions map[netip.Addr]*session
	routes   map[netip.Prefix]Route // what it announces, to present and future peers

	reject atomic.Pointer[code]
	silent atomic.Bool
}

// code is a NOTIFICATION's error code and subcode (RFC 4271, section 4.5).
type code struct{ code, subcode uint8 }

// Start opens the sockets, IPv4 and IPv6, in a namespace and serves them until Close.
func Start(ns Namespace, config Config) (*Listener, error) {
	config.Port = cmp.Or(config.Port, 179)
	config.HoldTime = cmp.Or(config.HoldTime, 90*time.Second)
	l := &Listener{
		View:     View{record: newRecord()},
		config:   config,
		ns:       ns,
		sessions: map[netip.Addr]*session{},
		routes:   map[netip.Prefix]Route{},
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	err := ns.Do(func() error {
		for _, network := range []string{"tcp4", "tcp6"} {
			socket, err := l.listen(network)
			if err != nil {
				return err
			}
			l.sockets = append(l.sockets, socket)
		}
		return nil
	})
	if err != nil {
		l.Close()
		return nil, err
	}
	for _, socket := range l.sockets {
		l.done.Go(func() { l.accept(socket) })
	}
	return l, nil
}

// listen opens a socket in the namespace of the thread. A port that is in use may be that of a listener that was closed just
// now: a program that is being started has a copy of its socket until it runs.
func (l *Listener) listen(network string) (net.Listener, error) {
	lc := net.ListenConfig{Control: md5Keys(network, l.config.Passwords)}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		socket, err := lc.Listen(l.ctx, network, ":"+strconv.Itoa(int(l.config.Port)))
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(end) {
			return socket, err
		}
	}
}

func (l *Listener) accept(socket net.Listener) {
	for {
		conn, err := socket.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			l.done.Go(func() { l.serve(l.newSession(conn)) })
		}
	}
}

// Dial connects to a neighbor instead of waiting for it to, and waits until the session is established or refused: a second
// connection midway would end one of both (RFC 4271 section 6.8). The neighbor's zone, if it has one, is an interface index.
func (l *Listener) Dial(ctx context.Context, neighbor netip.AddrPort) error {
	var conn net.Conn
	err := l.ns.Do(func() (err error) {
		dialer := net.Dialer{Control: md5Keys("tcp", l.config.Passwords)}
		conn, err = dialer.DialContext(ctx, "tcp", neighbor.String())
		return err
	})
	if err != nil {
		return err
	}
	s := l.newSession(conn)
	l.done.Go(func() { l.serve(s) })
	select {
	case <-s.begun:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// From is what one peer said.
func (l *Listener) From(peer netip.Addr) View { return View{l.record, peer.WithZone("")} }

// Announce announces routes to every peer, those that come later included, replacing routes of the same prefix.
func (l *Listener) Announce(routes ...Route) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range routes {
		l.routes[r.Prefix] = r
	}
	return l.each(func(s *session) error { return s.announce(routes) })
}

// Withdraw withdraws routes from every peer.
func (l *Listener) Withdraw(prefixes ...netip.Prefix) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range prefixes {
		delete(l.routes, p)
	}
	return l.each(func(s *session) error { return s.withdraw(prefixes) })
}

// Refresh asks every peer to send all its routes of both families again (RFC 2918).
func (l *Listener) Refresh() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.each((*session).requestRefresh)
}

// Notify ends every session with a NOTIFICATION (RFC 4271, section 4.5). The peers may come back at once.
func (l *Listener) Notify(errorCode, subcode uint8) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.each(func(s *session) error { return s.notify(code{errorCode, subcode}) })
}

// each calls fn for the established sessions. The caller holds the mutex.
func (l *Listener) each(fn func(*session) error) error {
	var errs []error
	for peer, s := range l.sessions {
		if err := fn(s); err != nil {
			errs = append(errs, fmt.Errorf("to %s: %w", peer, err))
		}
	}
	return errors.Join(errs...)
}

// Reject answers the OPEN of every new session with that NOTIFICATION, until Accept. Present sessions stay.
func (l *Listener) Reject(errorCode, subcode uint8) { l.reject.Store(&code{errorCode, subcode}) }

// Silence has it send nothing any more, keepalives included, until Accept: peers see their hold timers expire. What they
// say is still recorded.
func (l *Listener) Silence() { l.silent.Store(true) }

// Accept ends what Reject and Silence began.
func (l *Listener) Accept() {
	l.reject.Store(nil)
	l.silent.Store(false)
}

// Close ends all sessions without a NOTIFICATION, and waits until nothing of the listener is left.
func (l *Listener) Close() {
	l.cancel()
	for _, socket := range l.sockets {
		socket.Close()
	}
	l.done.Wait()
}

// adopt makes s the session with its peer, and ends the one before: a peer that was killed comes back while its old
// connection still looks alive.
func (l *Listener) adopt(s *session) {
	l.mu.Lock()
	old := l.sessions[s.peer]
	l.sessions[s.peer] = s
	l.mu.Unlock()
	if old != nil {
		old.conn.Close()
		<-old.ended
	}
}

func (l *Listener) disown(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sessions[s.peer] == s {
		delete(l.sessions, s.peer)
	}
}

// sendTable announces all routes to one peer, in order, and then says that these are all (RFC 4724, section 2).
func (l *Listener) sendTable(s *session) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	routes := slices.SortedFunc(maps.Values(l.routes), func(a, b Route) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
	})
	if err := s.announce(routes); err != nil {
		return err
	}
	for _, family := range s.families {
		if err := s.send(bgp.NewEndOfRib(family)); err != nil {
			return err
		}
	}
	return nil
}
