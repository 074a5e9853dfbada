//go:build linux

package listener

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// session is one TCP connection with a peer.
type session struct {
	listener    *Listener
	conn        net.Conn
	peer, local netip.Addr
	peerASN     uint32
	hold        atomic.Int64      // negotiated hold time, a time.Duration; 0: none
	open        *bgp.BGPOpen      // the peer's
	families    []bgp.RouteFamily // that both sides speak
	begun       chan struct{}     // closed when it is established, or has ended before
	ended       chan struct{}

	writing sync.Mutex
}

// errCeased is how a session ends that either side closed in an orderly way.
var errCeased = errors.New("ended by NOTIFICATION")

func (l *Listener) newSession(conn net.Conn) *session {
	return &session{listener: l, conn: conn, begun: make(chan struct{}), ended: make(chan struct{}),
		peer: address(conn.RemoteAddr()), local: address(conn.LocalAddr())}
}

func (l *Listener) serve(s *session) {
	conn := s.conn
	defer close(s.ended)
	s.hold.Store(int64(l.config.HoldTime))
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()

	up, err := s.run(ctx)
	l.disown(s)
	if !up {
		close(s.begun)
	} else {
		l.record.down(s.peer, err.Error())
	}
}

// run speaks with the peer until the session ends, and reports whether it was ever established.
func (s *session) run(ctx context.Context) (up bool, err error) {
	if err := s.send(s.openMessage()); err != nil {
		return false, err
	}
	messages, failure := frames(s.conn, s.quiet, ctx.Done())
	for f := range messages {
		kind := f.bytes[bgp.BGP_HEADER_LENGTH-1]
		if !up && kind == bgp.BGP_MSG_KEEPALIVE && s.open != nil {
			up = true
			s.listener.adopt(s)
			s.listener.record.add(Event{At: f.at, Peer: s.peer, Kind: Established, Open: s.open})
			close(s.begun)
			go s.keepAlive(ctx)
			if err := s.listener.sendTable(s); err != nil {
				return up, err
			}
			continue
		}
		if err := s.handle(f, kind); err != nil {
			return up, err
		}
	}
	err = <-failure
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.notify(code{bgp.BGP_ERROR_HOLD_TIMER_EXPIRED, 0})
		return up, errors.New("hold timer expired")
	}
	if errors.Is(err, io.EOF) {
		return up, errors.New("the peer closed the connection")
	}
	return up, err
}

func (s *session) handle(f frame, kind uint8) error {
	if kind == bgp.BGP_MSG_KEEPALIVE {
		return nil
	}
	message, err := bgp.ParseBGPMessage(f.bytes)
	if err != nil {
		return fmt.Errorf("cannot read a message: %w", err)
	}
	record := s.listener.record
	switch body := message.Body.(type) {
	case *bgp.BGPOpen:
		return s.opened(body)
	case *bgp.BGPUpdate:
		record.add(updateEvents(f.at, s.peer, body)...)
	case *bgp.BGPNotification:
		record.add(Event{At: f.at, Peer: s.peer, Kind: NotificationReceived, Code: body.ErrorCode, Subcode: body.ErrorSubcode})
		return errCeased
	case *bgp.BGPRouteRefresh:
		family := bgp.AfiSafiToRouteFamily(body.AFI, body.SAFI)
		record.add(Event{At: f.at, Peer: s.peer, Kind: RefreshReceived, Family: family})
		return s.listener.sendTable(s)
	}
	return nil
}

// opened answers the peer's OPEN with a KEEPALIVE, or as Reject was told.
func (s *session) opened(open *bgp.BGPOpen) error {
	if reject := s.listener.reject.Load(); reject != nil {
		s.notify(*reject)
		return errCeased
	}
	s.negotiate(open)
	return s.send(bgp.NewBGPKeepAliveMessage())
}

// negotiate takes from the peer's OPEN its ASN (RFC 6793), the common families (RFC 4760) and the hold time.
func (s *session) negotiate(open *bgp.BGPOpen) {
	s.open, s.peerASN = open, uint32(open.MyAS)
	for _, p := range open.OptParams {
		capabilities, ok := p.(*bgp.OptionParameterCapability)
		if !ok {
			continue
		}
		for _, c := range capabilities.Capability {
			switch c := c.(type) {
			case *bgp.CapFourOctetASNumber:
				s.peerASN = c.CapValue
			case *bgp.CapMultiProtocol:
				if c.CapValue == bgp.RF_IPv4_UC || c.CapValue == bgp.RF_IPv6_UC {
					s.families = append(s.families, c.CapValue)
				}
			}
		}
	}
	if s.families == nil {
		s.families = []bgp.RouteFamily{bgp.RF_IPv4_UC}
	}
	s.hold.Store(min(s.hold.Load(), int64(open.HoldTime)*int64(time.Second)))
}

func (s *session) openMessage() *bgp.BGPMessage {
	config := s.listener.config
	id := config.RouterID
	if !id.IsValid() {
		if id = s.local; !id.Is4() {
			id = netip.AddrFrom4([4]byte{192, 0, 2, 1})
		}
	}
	asn := uint16(bgp.AS_TRANS)
	if config.ASN <= 0xffff {
		asn = uint16(config.ASN)
	}
	return bgp.NewBGPOpenMessage(asn, uint16(config.HoldTime/time.Second), id.String(), []bgp.OptionParameterInterface{
		bgp.NewOptionParameterCapability([]bgp.ParameterCapabilityInterface{
			bgp.NewCapMultiProtocol(bgp.RF_IPv4_UC),
			bgp.NewCapMultiProtocol(bgp.RF_IPv6_UC),
			bgp.NewCapRouteRefresh(),
			bgp.NewCapFourOctetASNumber(config.ASN),
			bgp.NewCapExtendedNexthop([]*bgp.CapExtendedNexthopTuple{bgp.NewCapExtendedNexthopTuple(bgp.RF_IPv4_UC, bgp.AFI_IP6)}),
			// Without families: it asks for End-of-RIB, and for nothing to be kept (RFC 4724, section 3).
			bgp.NewCapGracefulRestart(false, false, 0, nil),
		}),
	})
}

// quiet is how long the peer may say nothing.
func (s *session) quiet() time.Duration {
	if hold := time.Duration(s.hold.Load()); hold > 0 {
		return hold
	}
	return 24 * time.Hour
}

func (s *session) keepAlive(ctx context.Context) {
	if s.hold.Load() == 0 {
		return
	}
	ticker := time.NewTicker(s.quiet() / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.send(bgp.NewBGPKeepAliveMessage())
		}
	}
}

func (s *session) requestRefresh() error {
	for _, family := range s.families {
		afi, safi := bgp.RouteFamilyToAfiSafi(family)
		if err := s.send(bgp.NewBGPRouteRefreshMessage(afi, 0, safi)); err != nil {
			return err
		}
	}
	return nil
}

// notify sends a NOTIFICATION and closes the connection.
func (s *session) notify(c code) error {
	err := s.send(bgp.NewBGPNotificationMessage(c.code, c.subcode, nil))
	s.listener.record.add(Event{At: time.Now(), Peer: s.peer, Kind: NotificationSent, Code: c.code, Subcode: c.subcode})
	s.conn.Close()
	return err
}

// send writes a message within 10 seconds.
func (s *session) send(m *bgp.BGPMessage) error {
	if s.listener.silent.Load() {
		return nil
	}
	bytes, err := m.Serialize()
	if err != nil {
		return err
	}
	if int(binary.BigEndian.Uint16(bytes[16:])) != len(bytes) {
		return fmt.Errorf("a message of %d bytes is too long", len(bytes))
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	_, err = s.conn.Write(bytes)
	return err
}

// address is a peer's address without its zone, whose name belongs to another namespace than ours.
func address(a net.Addr) netip.Addr {
	return a.(*net.TCPAddr).AddrPort().Addr().Unmap().WithZone("")
}
