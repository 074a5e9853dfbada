//go:build linux

package lab

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// vty is a connection to a daemon's vty socket. It speaks what vtysh speaks: a command ends in NUL, an answer in three
// NULs and a status byte.
type vty struct {
	net.Conn
	reader *bufio.Reader
	within time.Duration // how long an answer may take
}

func (f *FRR) dial(daemon string) (*vty, error) {
	conn, err := net.Dial("unix", filepath.Join(f.SocketDir, daemon+".vty"))
	if err != nil {
		return nil, err
	}
	return &vty{conn, bufio.NewReader(conn), 2 * time.Second}, nil
}

// ask sends a command and returns the answer.
func (v *vty) ask(command string) (string, error) {
	v.SetDeadline(time.Now().Add(v.within))
	if _, err := v.Write(append([]byte(command), 0)); err != nil {
		return "", err
	}
	var answer []byte
	for !bytes.HasSuffix(answer, []byte{0, 0, 0}) {
		b, err := v.reader.ReadByte()
		if err != nil {
			return "", err
		}
		answer = append(answer, b)
	}
	_, err := v.reader.ReadByte()
	return strings.TrimRight(string(answer), "\x00"), err
}

// ask sends commands to a daemon and returns the last answer.
func (f *FRR) ask(daemon string, commands ...string) (answer string, err error) {
	v, err := f.dial(daemon)
	if err != nil {
		return "", err
	}
	defer v.Close()
	for _, command := range commands {
		if answer, err = v.ask(command); err != nil {
			return "", err
		}
	}
	return answer, nil
}

// Say sends commands to a daemon over its own socket, without a vtysh between, and returns the last answer.
func (f *FRR) Say(daemon string, commands ...string) (answer string, err error) {
	v, err := f.dial(daemon)
	if err != nil {
		return "", err
	}
	defer v.Close()
	v.within = time.Minute
	for _, command := range commands {
		if answer, err = v.ask(command); err != nil {
			return "", fmt.Errorf("%s: %s: %w", daemon, command, err)
		}
	}
	return answer, nil
}

// Lock locks the configuration of FRR 10.x, as an operator does by configure terminal file-lock, until unlock is called.
// While FRR or the agent holds the lock, it waits.
func (f *FRR) Lock(ctx context.Context) (unlock func(), err error) {
	v, err := f.dial("mgmtd")
	if err != nil {
		return nil, err
	}
	answer, err := v.ask("enable")
	for err == nil {
		if answer, err = v.ask("configure terminal file-lock"); err == nil && !strings.Contains(answer, "%") {
			return func() { v.ask("end"); v.Close() }, nil
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	v.Close()
	return nil, fmt.Errorf("lock the configuration: %w: %s", err, answer)
}
