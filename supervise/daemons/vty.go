//go:build linux

package daemons

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"time"
)

// vty is a connection to a daemon. It speaks as vtysh does: a command ends in
// NUL, an answer in three NULs and a status.
type vty struct {
	net.Conn
	daemon string
	r      *bufio.Reader
}

// dial connects to a daemon.
func (o *Options) dial(ctx context.Context, daemon string) (*vty, error) {
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	var conn net.Conn
	err := o.User.As(func() (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, "unix", filepath.Join(o.SocketDir, daemon+".vty"))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s does not answer: %w", daemon, err)
	}
	return &vty{conn, daemon, bufio.NewReader(conn)}, nil
}

// refused is a command that a daemon has answered with an error status.
type refused struct{ daemon, command, answer string }

func (r *refused) Error() string {
	return fmt.Sprintf("%s refuses %q: %s", r.daemon, r.command, r.answer)
}

// ask runs commands and returns the last answer, and a refused error for the first
// that is refused. After any other error the connection has to be closed.
func (v *vty) ask(ctx context.Context, commands ...string) (string, error) {
	_ = v.SetDeadline(time.Now().Add(answering))
	stop := context.AfterFunc(ctx, func() { _ = v.SetDeadline(time.Now()) })
	defer stop()
	var answer []byte
	for _, command := range commands {
		if _, err := v.Write(append([]byte(command), 0)); err != nil {
			return "", fmt.Errorf("%s does not answer: %w", v.daemon, err)
		}
		for answer = answer[:0]; len(answer) < 4 || !bytes.Equal(answer[len(answer)-4:len(answer)-1], []byte{0, 0, 0}); {
			b, err := v.r.ReadByte()
			if err != nil {
				return "", fmt.Errorf("%s does not answer: %w", v.daemon, err)
			}
			if len(answer) >= longestAnswer {
				return "", fmt.Errorf("%s answers with more than %d bytes", v.daemon, longestAnswer)
			}
			answer = append(answer, b)
		}
		if status := answer[len(answer)-1]; status != 0 {
			return "", &refused{v.daemon, command, string(bytes.Trim(answer[:len(answer)-1], "\x00\r\n "))}
		}
	}
	return string(bytes.TrimRight(answer[:len(answer)-1], "\x00")), nil
}

// ask asks a daemon on a connection of its own.
func (o *Options) ask(ctx context.Context, daemon string, commands ...string) (string, error) {
	v, err := o.dial(ctx, daemon)
	if err != nil {
		return "", err
	}
	defer v.Close()
	return v.ask(ctx, commands...)
}

// longestAnswer is more than any answer that is asked for here. Whoever has the
// user of FRR can put another socket in the place of a daemon's.
const longestAnswer = 1 << 20

// answering is how long a daemon may take for an answer: bgpd prints its whole
// table in one go, and answers nobody else meanwhile.
const answering = 4 * time.Second
