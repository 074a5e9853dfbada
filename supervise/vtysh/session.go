//go:build linux

package vtysh

import (
	"context"
	"fmt"
	"time"
)

// turn is a mutex whose wait a context can end.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// session keeps a connection open between uses. It is dialed when it is needed, and again after any doubt.
type session struct {
	dial    func(context.Context) (*conn, error)
	stale   func(*conn) bool // if not nil: whether to dial again instead of using this connection
	patient bool             // connections with an answer under way are drained, not closed
	turn    turn
	owed    chan struct{} // one for each connection in use or being drained
	conn    *conn
}

// maxOwed bounds the connections to a daemon that has stopped answering.
const maxOwed = 4

func newSession(dial func(context.Context) (*conn, error)) *session {
	return &session{dial: dial, turn: newTurn(), owed: make(chan struct{}, maxOwed)}
}

// use opens with a first command, repeated on a new connection if the daemon has closed the kept one meanwhile, and
// hands its answer to rest. Any error, from rest too, ends the use of the connection.
func (s *session) use(ctx context.Context, first string, rest func(*conn, answer) error) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	select {
	case s.owed <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("the daemon still owes the answers to %d earlier commands: %w", maxOwed, ctx.Err())
	}
	if s.conn != nil && s.stale != nil && s.stale(s.conn) {
		s.drop()
	}
	for {
		kept := s.conn != nil
		if !kept {
			cn, err := s.dial(ctx)
			if err != nil {
				<-s.owed
				return err
			}
			s.conn = cn
		}
		done := s.conn.until(ctx)
		a, err := s.conn.ask(first)
		again := kept && gone(err)
		if err == nil {
			err = rest(s.conn, a)
		}
		if err = done(err); err == nil {
			<-s.owed
			return nil
		}
		if s.patient && s.conn.asked {
			go s.drain(s.conn)
			s.conn = nil
			return err
		}
		s.drop()
		if !again {
			<-s.owed
			return err
		}
	}
}

// drain reads the rest of an answer that nobody wants any more. To close instead kills the daemon: 10.3 flushes long
// answers (100 kB) as it prints them, and crashes if the reader has gone.
func (s *session) drain(cn *conn) {
	defer func() { <-s.owed }()
	defer cn.Close()
	for {
		cn.SetDeadline(time.Time{}) // the ended context may still be setting the old one
		if err := discardAnswer(cn.r); err == nil || !isTimeout(err) {
			return
		}
	}
}

func (s *session) drop() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *session) close() {
	s.turn <- struct{}{}
	defer s.turn.give()
	s.drop()
}
