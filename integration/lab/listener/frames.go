//go:build linux

package listener

import (
	"encoding/binary"
	"fmt"
	"net"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// frame is a BGP message and the time at which the read that completed it returned.
type frame struct {
	at    time.Time
	bytes []byte
}

// frames reads messages until the connection fails, and does nothing else, so that parsing one message never delays the
// time stamp of the next. quiet is how long the peer may say nothing. The error follows the last frame.
func frames(conn net.Conn, quiet func() time.Duration, stop <-chan struct{}) (<-chan frame, <-chan error) {
	messages, failure := make(chan frame, 1<<14), make(chan error, 1)
	go func() {
		defer close(messages)
		var pending []byte
		buffer := make([]byte, 1<<18)
		for {
			conn.SetReadDeadline(time.Now().Add(quiet()))
			n, err := conn.Read(buffer)
			at := time.Now()
			if err != nil {
				failure <- err
				return
			}
			pending = append(pending, buffer[:n]...)
			for len(pending) >= bgp.BGP_HEADER_LENGTH {
				size := int(binary.BigEndian.Uint16(pending[16:]))
				if size < bgp.BGP_HEADER_LENGTH {
					failure <- fmt.Errorf("a message says it has %d bytes", size)
					return
				}
				if len(pending) < size {
					break
				}
				select {
				case messages <- frame{at, pending[:size:size]}:
				case <-stop:
					failure <- net.ErrClosed
					return
				}
				pending = pending[size:]
			}
			pending = append([]byte(nil), pending...) // frames keep the array
		}
	}()
	return messages, failure
}
