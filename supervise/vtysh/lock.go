//go:build linux

package vtysh

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// configure runs commands over a kept connection, in configuration mode, which it leaves in any case: by commands, or by
// closing the connection.
func (c *Client) configure(ctx context.Context, s *session, commands []command) error {
	var (
		refusals Refusals
		held     bool
	)
	// "enable" changes nothing, so it may be repeated when the daemon has been restarted.
	err := s.use(ctx, "enable", func(cn *conn, _ answer) (err error) {
		d := dialectOf(cn.daemon, len(commands))
		if held, err = cn.enter(d); held || err != nil {
			return err
		}
		refusals, err = cn.configure(d, commands)
		return err
	})
	switch {
	case err != nil:
		return err
	case held:
		return ErrLocked
	}
	return refusals.err()
}

// enter begins configuration mode, unless it is held by somebody else. That is no error of the connection, which is where
// it was before and must not be closed: mgmtd (10.3) would forget what the holder has entered, or have its backends read
// memory that it has freed.
func (c *conn) enter(d dialect) (held bool, err error) {
	for i, text := range d.enter {
		r, err := c.judge(command{text: text})
		if i == 0 && errors.Is(err, ErrLocked) {
			return true, nil
		}
		if err != nil || r != nil {
			return false, firstError(err, r)
		}
	}
	return false, nil
}

// free is ErrLocked while somebody else holds mgmtd's lock (10.x), so that no vtysh is started only to be refused: it
// would close its connections when it ends. What else may be wrong, vtysh says.
func (c *Client) free(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.opt.SocketDir, "mgmtd.vty")); err != nil {
		return nil
	}
	held := false
	_ = c.statics.use(ctx, "enable", func(cn *conn, _ answer) (err error) {
		if held, err = cn.enter(dialect{enter: []string{"configure terminal file-lock"}}); held || err != nil {
			return err
		}
		_, err = cn.ask("end")
		return err
	})
	if held {
		return ErrLocked
	}
	return nil
}
