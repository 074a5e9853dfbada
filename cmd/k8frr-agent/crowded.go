//go:build linux

package main

import (
	"container/list"
	"net"
	"sync"
)

// maxConnections is how many connections an endpoint keeps. Prometheus and the
// kubelet need a few.
const maxConnections = 64

// crowded is a listener with a bounded number of connections: for one more, the
// oldest is closed. Who means well is served in a moment and not the oldest for
// long, whoever holds on is. To let newcomers wait instead would be to let
// those who hold on keep them out.
type crowded struct {
	net.Listener
	mu   sync.Mutex
	open list.List // of net.Conn, the oldest first
}

func (c *crowded) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open.Len() >= maxConnections {
		_ = c.open.Remove(c.open.Front()).(net.Conn).Close()
	}
	place := c.open.PushBack(conn)
	return &guest{conn, sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open.Remove(place) // nothing if it was made to go
	})}, nil
}

// guest gives its place back when it goes.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
