// Package apiserver is a real Kubernetes API server for tests: kube-apiserver and etcd,
// ready in a few seconds, on 127.0.0.1 only, gone when the test ends.
//
//	s := apiserver.Start(t)
//	client := kubernetes.NewForConfigOrDie(s.Config())
//	namespace := s.Namespace(t)
//
// There are no controllers and no nodes: nothing collects garbage, a deleted namespace
// stays Terminating, a Pod stays Pending, and a ServiceAccount exists only if a test
// creates it. Everything else, RBAC included, is what a cluster does.
//
// Several servers may run at once. They end with the process that started them, however
// it ends, and what they leave on disk after a kill is swept by the next start.
package apiserver

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// startTimeout bounds one start of etcd and kube-apiserver, which takes some seconds on
// an idle machine and many on one that is compiling.
const startTimeout = 5 * time.Minute

// A Server is one kube-apiserver with its etcd. It keeps its address, its certificates
// and its data over Stop, Kill and Restart.
type Server struct {
	programs  string // the directory of kube-apiserver and kubectl
	dir       string
	port      reservation
	authority *authority
	admin     *rest.Config

	etcd, kube *process
}

// Start runs a server for one test and ends it with the test. With -short it skips the test.
func Start(tb testing.TB) *Server {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs a kube-apiserver; not run with -short")
	}
	s, err := New(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Main is the body of a TestMain whose tests share one server. It leaves the server in
// *shared, calls prepare, which may apply what all tests need, and runs the tests:
//
//	var server *apiserver.Server
//	func TestMain(m *testing.M) { os.Exit(apiserver.Main(m, &server)) }
//
// The exit code is that of the tests, or 1 if they could not be run or cleaned up after. With -short there is no server and no
// test is run.
func Main(m *testing.M, shared **Server, prepare ...func(context.Context, *Server) error) int {
	if !flag.Parsed() {
		flag.Parse()
	}
	if testing.Short() {
		return 0
	}
	code, err := runShared(m, shared, prepare)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func runShared(m *testing.M, shared **Server, prepare []func(context.Context, *Server) error) (code int, err error) {
	ctx := context.Background()
	s, err := New(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, f := range prepare {
		if err := f(ctx, s); err != nil {
			return 0, err
		}
	}
	*shared = s
	return m.Run(), nil
}

// New runs a server until Close. The first call on a machine builds kube-apiserver, which
// may take longer than go test waits (10 minutes): run build.sh before.
func New(ctx context.Context) (*Server, error) {
	programs, err := build(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := makeDir()
	if err != nil {
		return nil, err
	}
	s := &Server{programs: programs, dir: dir}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) (err error) {
	if s.port, err = reserve(); err != nil {
		return err
	}
	if s.authority, err = newAuthority(); err != nil {
		return err
	}
	if err := s.authority.writeServerFiles(s.dir); err != nil {
		return err
	}
	if s.admin, err = s.ConfigFor("admin", "system:masters"); err != nil {
		return err
	}
	if err := s.writeKubeconfig(s.Kubeconfig(), s.admin); err != nil {
		return err
	}
	if err := s.startEtcd(); err != nil {
		return err
	}
	return s.Restart(ctx)
}

// Stop ends kube-apiserver as an upgrade would: it answers what it has begun, closes its
// watches and exits. Until Restart, connections are refused.
func (s *Server) Stop() error { return s.kube.end(syscall.SIGTERM) }

// Kill ends kube-apiserver as a power cut would: open connections are reset, and until
// Restart new ones are refused.
func (s *Server) Kill() error { return s.kube.end(syscall.SIGKILL) }

// Restart starts kube-apiserver on the same address and data, first stopping it if it
// runs, and returns when it is ready.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	var err error
	s.kube, err = run(s.dir, filepath.Join(s.programs, "kube-apiserver"),
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port="+strconv.Itoa(s.port.number),
		"--permit-port-sharing", // with the reservation
		"--tls-cert-file="+serverCertificate,
		"--tls-private-key-file="+serverKey,
		"--client-ca-file="+authorityCertificate,
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+serviceAccountKey,
		"--service-account-signing-key-file="+serviceAccountKey,
		"--service-cluster-ip-range=10.96.0.0/16",
		"--allow-privileged",
		"--etcd-servers="+etcdSocket,
		// These wait for controllers, or for addresses, that are not here.
		"--disable-admission-plugins=ServiceAccount",
		"--endpoint-reconciler-type=none",
		"--profiling=false",
	)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return s.waitReady(ctx)
}

func (s *Server) waitReady(ctx context.Context) error {
	config := rest.CopyConfig(s.admin)
	config.Timeout = 5 * time.Second
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	for {
		if response, err := client.Get(config.Host + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-s.etcd.done:
			return s.etcd.failure("ended before kube-apiserver was ready")
		case <-s.kube.done:
			return s.kube.failure("ended before it was ready")
		case <-ctx.Done():
			return s.kube.failure("is not ready: " + context.Cause(ctx).Error())
		}
	}
}

// Close ends both processes and removes their files.
func (s *Server) Close() error {
	return errors.Join(
		s.kube.end(syscall.SIGKILL),
		s.etcd.end(syscall.SIGKILL),
		s.port.release(),
		os.RemoveAll(s.dir),
	)
}

// Addr is host:port of the server, on 127.0.0.1 of the network namespace of the host.
func (s *Server) Addr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port.number))
}
