//go:build linux

package hostile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
)

// peer is a router with several addresses, which says at each of them another text, wherever BGP has room for one. Bytes
// that a library would not write are written manually.
type peer struct {
	texts map[netip.Addr]text

	refuses atomic.Bool // new connections, once it has ended its sessions
	mu      sync.Mutex
	conns   map[netip.Addr]net.Conn
	done    sync.WaitGroup
}

// asn is the peer's AS number, as long as one can be.
const asn = 4200000000

// startPeer has a peer listen on a host until the test's end.
func startPeer(t testing.TB, host *lab.Host, texts map[netip.Addr]text) *peer {
	t.Helper()
	p := &peer{texts: texts, conns: map[netip.Addr]net.Conn{}}
	var socket net.Listener
	if err := host.Do(func() (err error) {
		socket, err = net.Listen("tcp4", ":179")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		socket.Close()
		p.mu.Lock()
		for _, conn := range p.conns {
			conn.Close()
		}
		p.mu.Unlock()
		p.done.Wait()
	})
	p.done.Go(func() {
		for {
			conn, err := socket.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				p.done.Go(func() { p.serve(conn) })
			}
		}
	})
	return p
}

// serve is one session: an OPEN, a KEEPALIVE for every message, and the UPDATEs once.
func (p *peer) serve(conn net.Conn) {
	defer conn.Close()
	local := conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
	says, known := p.texts[local]
	if !known || p.refuses.Load() {
		return
	}
	p.mu.Lock()
	p.conns[local] = conn
	p.mu.Unlock()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute)) // longer than any test
	if _, err := conn.Write(p.open(local, says)); err != nil {
		return
	}
	for told := false; ; {
		kind, err := receive(conn)
		if err != nil || kind == bgp.BGP_MSG_NOTIFICATION {
			return
		}
		if kind == bgp.BGP_MSG_UPDATE {
			continue
		}
		out := message(bgp.BGP_MSG_KEEPALIVE, nil)
		if kind == bgp.BGP_MSG_KEEPALIVE && !told {
			told = true
			out = append(out, p.updates(local, says)...)
		}
		if _, err := conn.Write(out); err != nil {
			return
		}
	}
}

// flood sends one UPDATE from an address that is as long as it may be (RFC 8654), of many routes with a path that takes a
// router long to print.
func (p *peer) flood(local netip.Addr, routes int) error {
	attributes := append(p.usual(local), path(slices.Repeat([]int{255}, 58)...)...)
	var prefixes []byte
	for i := range routes {
		prefixes = append(prefixes, 24, 30, byte(i>>8), byte(i))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.conns[local].Write(update(attributes, prefixes...))
	return err
}

// receive reads a message, and returns its type.
func receive(conn net.Conn) (uint8, error) {
	header := make([]byte, bgp.BGP_HEADER_LENGTH)
	if _, err := io.ReadFull(conn, header); err != nil {
		return 0, err
	}
	_, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint16(header[16:]))-bgp.BGP_HEADER_LENGTH)
	return header[18], err
}

// leave ends all sessions with a NOTIFICATION whose shutdown communication (RFC 9003) is the text, and has no other.
func (p *peer) leave() error {
	p.refuses.Store(true)
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for local, conn := range p.conns {
		says := p.texts[local].upTo(255)
		data := append([]byte{bgp.BGP_ERROR_CEASE, bgp.BGP_ERROR_SUB_ADMINISTRATIVE_SHUTDOWN, byte(len(says))}, says...)
		_, err := conn.Write(message(bgp.BGP_MSG_NOTIFICATION, data))
		errs = append(errs, err)
		_ = conn.(*net.TCPConn).CloseWrite() // the node may be faster
	}
	return errors.Join(errs...)
}

// message puts a header before a body (RFC 4271, section 4.1).
func message(kind uint8, body []byte) []byte {
	out := make([]byte, 16, bgp.BGP_HEADER_LENGTH+len(body))
	for i := range out {
		out[i] = 0xff
	}
	out = binary.BigEndian.AppendUint16(out, uint16(bgp.BGP_HEADER_LENGTH+len(body)))
	return append(append(out, kind), body...)
}

// open is an OPEN with extended optional parameters (RFC 9072), so that there is room for everything.
func (p *peer) open(id netip.Addr, says text) []byte {
	capability := func(code byte, value []byte) []byte { return append([]byte{code, byte(len(value))}, value...) }
	counted := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	var parameters []byte
	for _, c := range [][]byte{
		capability(byte(bgp.BGP_CAP_MULTIPROTOCOL), []byte{0, bgp.AFI_IP, 0, bgp.SAFI_UNICAST}),
		capability(byte(bgp.BGP_CAP_FOUR_OCTET_AS_NUMBER), binary.BigEndian.AppendUint32(nil, asn)),
		capability(byte(bgp.BGP_CAP_FQDN), append(counted(says.upTo(says.host())), counted(says.upTo(says.domain()))...)),
		capability(byte(bgp.BGP_CAP_SOFT_VERSION), counted(says.upTo(254))),
		capability(6, nil),                      // extended messages (RFC 8654)
		capability(200, []byte(says.upTo(255))), // which nobody knows
	} {
		parameters = append(parameters, bgp.BGP_OPT_CAPABILITY)
		parameters = binary.BigEndian.AppendUint16(parameters, uint16(len(c)))
		parameters = append(parameters, c...)
	}
	body := []byte{4}
	body = binary.BigEndian.AppendUint16(body, bgp.AS_TRANS)
	body = binary.BigEndian.AppendUint16(body, 90) // seconds without a message
	body = append(body, id.AsSlice()...)
	body = append(body, 255, 255)
	body = binary.BigEndian.AppendUint16(body, uint16(len(parameters)))
	return message(bgp.BGP_MSG_OPEN, append(body, parameters...))
}

// updates are routes with attributes as long as a message has room for.
func (p *peer) updates(local netip.Addr, says text) []byte {
	var out []byte
	for i, attributes := range odd(says) {
		out = append(out, update(append(p.usual(local), attributes...), 24, 20, local.As4()[3], byte(i))...)
	}
	return out
}

// update is an UPDATE that withdraws nothing.
func update(attributes []byte, prefixes ...byte) []byte {
	body := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(attributes)))
	return message(bgp.BGP_MSG_UPDATE, append(append(body, attributes...), prefixes...))
}

// usual are ORIGIN and NEXT_HOP.
func (p *peer) usual(local netip.Addr) []byte {
	return append(attribute(0x40, bgp.BGP_ATTR_TYPE_ORIGIN, []byte{0}), attribute(0x40, bgp.BGP_ATTR_TYPE_NEXT_HOP, local.AsSlice())...)
}

// path is an AS_PATH of AS_SEQUENCEs of so many numbers.
func path(segments ...int) []byte {
	var value []byte
	for _, n := range segments {
		value = append(value, bgp.BGP_ASPATH_ATTR_TYPE_SEQ, byte(n))
		for range n {
			value = binary.BigEndian.AppendUint32(value, asn)
		}
	}
	return attribute(0x40, bgp.BGP_ATTR_TYPE_AS_PATH, value)
}

// odd are sets of path attributes, one for each route.
func odd(says text) [][]byte {
	numbers := func(kind bgp.BGPAttrType, size, n int) []byte {
		value := make([]byte, 0, size*n)
		for i := range n {
			value = binary.BigEndian.AppendUint32(value, 65000<<16|uint32(i))
			value = append(value, make([]byte, size-4)...)
		}
		return attribute(0xc0, kind, value)
	}
	const transitive, unknown = 0xc0, 213
	return [][]byte{
		path(255, 255, 255, 200),
		append(path(1), numbers(bgp.BGP_ATTR_TYPE_COMMUNITIES, 4, 980)...),
		append(path(1), numbers(bgp.BGP_ATTR_TYPE_LARGE_COMMUNITY, 12, 330)...),
		append(path(1), numbers(bgp.BGP_ATTR_TYPE_EXTENDED_COMMUNITIES, 8, 490)...),
		append(path(1), attribute(transitive, unknown, []byte(says.upTo(3900)))...),
		append(path(1), attribute(0x80, unknown, []byte(says.upTo(100)))...),
	}
}

// attribute is a path attribute with a length of two bytes.
func attribute(flags byte, kind bgp.BGPAttrType, value []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{flags | 0x10, byte(kind)}, uint16(len(value)))
	return append(out, value...)
}

// text is what a peer says, and longer if there is room.
type text struct {
	name, says string
	length     int // of its host's name, 64 if it does not matter
}

func (t text) host() int   { return cmp.Or(t.length, 64) }
func (t text) domain() int { return 253 - t.host() }

// upTo is the text, again and again, for so many bytes.
func (t text) upTo(n int) string {
	out := make([]byte, 0, n)
	for i := range n {
		out = append(out, t.says[i%len(t.says)])
	}
	return string(out)
}
