//go:build linux

package chaos

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

const (
	// pace is how often the client asks each service.
	pace = 100 * time.Millisecond
	// answerWithin is how long an answer may take that is no lost one.
	answerWithin = 2 * time.Second
)

// client asks a service of each node again and again, by way of the router (ICMP echo, RFC 792).
type client struct {
	conn net.PacketConn

	mu   sync.Mutex
	next uint16
	open map[uint16]question
	// answered is when a service answered last.
	answered map[netip.Addr]time.Time
}

type question struct {
	to netip.Addr
	at time.Time
}

// newClient has a host ask the services until the test ends.
func newClient(w *world, host *lab.Host, services ...netip.Addr) *client {
	c := &client{open: map[uint16]question{}, answered: map[netip.Addr]time.Time{}}
	if err := host.Do(func() (err error) {
		c.conn, err = net.ListenPacket("ip4:icmp", "0.0.0.0")
		return err
	}); err != nil {
		w.Fatal(err)
	}
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for ticker := time.NewTicker(pace); ; {
			select {
			case <-stop:
				return
			case <-ticker.C:
				for _, s := range services {
					c.ask(s)
				}
			}
		}
	})
	done.Go(func() {
		for m := make([]byte, 1500); ; {
			n, _, err := c.conn.ReadFrom(m)
			if err != nil {
				return
			}
			c.hear(m[:n])
		}
	})
	w.Cleanup(func() { close(stop); c.conn.Close(); done.Wait() })
	return c
}

const identifier = 7473

// ask sends an echo request. That it cannot be sent is as good as a lost one.
func (c *client) ask(service netip.Addr) {
	c.mu.Lock()
	c.next++
	sequence := c.next
	c.open[sequence] = question{service, time.Now()}
	c.mu.Unlock()
	m := make([]byte, 8)
	m[0] = 8 // echo
	binary.BigEndian.PutUint16(m[4:], identifier)
	binary.BigEndian.PutUint16(m[6:], sequence)
	sum := uint32(m[0])<<8 + identifier + uint32(sequence)
	binary.BigEndian.PutUint16(m[2:], ^uint16(sum+sum>>16))
	_, _ = c.conn.WriteTo(m, &net.IPAddr{IP: service.AsSlice()})
}

// hear takes in an echo reply, and what is not answered by now.
func (c *client) hear(m []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(m) < 8 || m[0] != 0 || binary.BigEndian.Uint16(m[4:]) != identifier {
		return
	}
	sequence := binary.BigEndian.Uint16(m[6:])
	if q, ok := c.open[sequence]; ok {
		c.answered[q.to] = time.Now()
		delete(c.open, sequence)
	}
}

// outages takes for how long each service did not answer what it was asked before a moment and since the last time. It waits
// for the answers that may yet come.
func (c *client) outages(before time.Time) map[netip.Addr]time.Duration {
	for c.waits(before) && time.Since(before) < answerWithin {
		time.Sleep(pace / 4)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lost := map[netip.Addr]time.Duration{}
	for sequence, q := range c.open {
		if q.at.Before(before) {
			lost[q.to] += pace
			delete(c.open, sequence)
		}
	}
	return lost
}

// waits reports whether an answer may yet come to a question from before a moment.
func (c *client) waits(before time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, q := range c.open {
		if q.at.Before(before) && time.Since(q.at) < answerWithin {
			return true
		}
	}
	return false
}

// served reports whether a service has answered within the last second.
func (c *client) served(service netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.answered[service]) < time.Second
}
