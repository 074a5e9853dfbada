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

// ask asks a daemon over its vty socket and returns the last answer, and an
// error for the first that is a refusal. It speaks as vtysh does: a command ends
// in NUL, an answer in three NULs and a status.
func (o *Options) ask(ctx context.Context, daemon string, commands ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	var conn net.Conn
	err := o.User.As(func() (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, "unix", filepath.Join(o.SocketDir, daemon+".vty"))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%s does not answer: %w", daemon, err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()

	var answer []byte
	for r := bufio.NewReader(conn); len(commands) > 0; commands = commands[1:] {
		if _, err := conn.Write(append([]byte(commands[0]), 0)); err != nil {
			return "", fmt.Errorf("%s does not answer: %w", daemon, err)
		}
		for answer = answer[:0]; len(answer) < 4 || !bytes.Equal(answer[len(answer)-4:len(answer)-1], []byte{0, 0, 0}); {
			b, err := r.ReadByte()
			if err != nil {
				return "", fmt.Errorf("%s does not answer: %w", daemon, err)
			}
			answer = append(answer, b)
		}
		if status := answer[len(answer)-1]; status != 0 {
			return "", fmt.Errorf("%s refuses %q: %s", daemon, commands[0], bytes.Trim(answer[:len(answer)-1], "\x00\r\n "))
		}
	}
	return string(bytes.TrimRight(answer[:len(answer)-1], "\x00")), nil
}

// answering is how long a daemon may take for an answer: bgpd prints its whole
// table in one go, and answers nobody else meanwhile.
const answering = 4 * time.Second

// Health asks every daemon that has to run whether it answers.
func (o *Options) Health(ctx context.Context) error {
	for _, d := range o.wanted() {
		if _, err := o.ask(ctx, d.Name, "show version"); err != nil {
			return err
		}
	}
	return nil
}
