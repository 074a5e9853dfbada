//go:build linux

package vtysh

import (
	"context"
	"io"
	"net"
	"time"
)

// hold keeps an idle connection to one daemon, to hear of its death, and connects to its successor.
type hold struct {
	path    string
	created chan struct{} // the socket's file was created anew
	tell    func()
}

// A daemon listens a moment after it has created its socket, and the directory may be readable before the socket is: so
// a failed connect is tried again soon, and then ever more rarely. The file of a daemon that ended is tried permanently.
const (
	retryFirst = 2 * time.Millisecond
	retryLast  = time.Second
)

// keep runs until ctx ends.
func (h *hold) keep(ctx context.Context) {
	for wait := retryFirst; ctx.Err() == nil; {
		if cn, err := connect(ctx, h.path); err == nil {
			h.tell()
			h.sit(ctx, cn)
			h.tell()
			wait = retryFirst
		}
		select {
		case <-ctx.Done():
		case <-h.created:
			wait = retryFirst
		case <-time.After(wait):
			wait = min(2*wait, retryLast)
		}
	}
}

// sit waits until the daemon ends, its socket belongs to another one, or ctx ends.
func (h *hold) sit(ctx context.Context, cn net.Conn) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		io.Copy(io.Discard, cn)
	}()
	select {
	case <-ended:
	case <-h.created:
	case <-ctx.Done():
	}
	cn.Close()
	<-ended
}
