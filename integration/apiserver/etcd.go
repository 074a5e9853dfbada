package apiserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	etcdSocket     = "unix://localhost:1"
	etcdPeerSocket = "unix://localhost:2"
	// etcdData is its directory within the server's.
	etcdData = "data"
)

// startEtcd starts etcd on the data that are there.
func (s *Server) startEtcd() (err error) {
	for _, socket := range []string{etcdSocket, etcdPeerSocket} { // a killed one leaves them
		if err := os.Remove(filepath.Join(s.dir, strings.TrimPrefix(socket, "unix://"))); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	// etcd 3.4 takes unix sockets only in this form, a file of that name in the working
	// directory, which kube-apiserver shares.
	s.etcd, err = run(s.dir, "etcd",
		"--name=etcd",
		"--data-dir="+etcdData,
		"--unsafe-no-fsync",
		"--listen-client-urls="+etcdSocket,
		"--advertise-client-urls="+etcdSocket,
		"--listen-peer-urls="+etcdPeerSocket,
		"--initial-advertise-peer-urls="+etcdPeerSocket,
		"--initial-cluster=etcd="+etcdPeerSocket,
		"--log-level=warn",
		// Debian 12's etcd is too old (3.4.31) for kube-apiserver to ask how far a watch has
		// come, so it must say so unasked: else every watch that names no version waits
		// three seconds and fails.
		"--experimental-watch-progress-notify-interval=100ms",
	)
	return err
}

// Halt stops kube-apiserver in its tracks, as a machine that swaps would: connections stay
// open and nothing is answered, until Resume.
func (s *Server) Halt() error { return s.kube.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume undoes Halt: what was asked meanwhile is answered.
func (s *Server) Resume() error { return s.kube.cmd.Process.Signal(syscall.SIGCONT) }

// KillEtcd ends etcd as a power cut would. kube-apiserver goes on, and can neither read nor
// write until StartEtcd.
func (s *Server) KillEtcd() error { return s.etcd.end(syscall.SIGKILL) }

// StartEtcd starts etcd again after KillEtcd and returns when kube-apiserver is ready.
func (s *Server) StartEtcd(ctx context.Context) error {
	if err := s.startEtcd(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return s.waitReady(ctx)
}

// Snapshot keeps what etcd has on its disk now, for Rewind, in place of an older one. etcd is
// halted meanwhile, which makes the copy one that a power cut could have left.
func (s *Server) Snapshot() error {
	if err := s.etcd.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("halt etcd: %w", err)
	}
	err := s.copyData(etcdData, "snapshot")
	return errors.Join(err, s.etcd.cmd.Process.Signal(syscall.SIGCONT))
}

// Rewind starts both processes again on the data of the last Snapshot, as after a disaster:
// what was written since is lost, and versions that clients know may be given once more.
func (s *Server) Rewind(ctx context.Context) error {
	if err := errors.Join(s.Kill(), s.KillEtcd()); err != nil {
		return err
	}
	if err := s.copyData("snapshot", etcdData); err != nil {
		return err
	}
	if err := s.startEtcd(); err != nil {
		return err
	}
	return s.Restart(ctx)
}

// copyData makes one directory of the server's what another is.
func (s *Server) copyData(from, to string) error {
	to = filepath.Join(s.dir, to)
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(filepath.Join(s.dir, from))); err != nil {
		return fmt.Errorf("copy etcd's data: %w", err)
	}
	return os.Chmod(to, 0o700)
}
