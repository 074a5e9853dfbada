package apiserver

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/rest"

	"github.com/k8frr/k8frr/integration/lab/thread"
)

// A Proxy is the server's address inside another network namespace, on that namespace's
// own 127.0.0.1: the way to the server for a program in a lab, and the place to break it
// for that program alone.
//
// A socket belongs to the namespace in which it was made, whoever uses it later. So only
// the listening socket is made inside; the connections to the server start outside.
type Proxy struct {
	to         string // whom it connects with
	namespace  *os.File
	port       reservation
	kubeconfig string
	serving    sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener      // nil while cut
	conns    map[net.Conn]bool // false: forgotten
	flow     chan struct{}     // closed unless stalled
}

// TB is what a Proxy needs of testing.TB; a program that is not a test can satisfy it too.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// ListenIn opens the server's address in the network namespace at a path, such as
// /run/netns/NAME or /proc/PID/ns/net, whose loopback must be up. It ends with the test.
func (s *Server) ListenIn(tb TB, namespacePath string) *Proxy {
	tb.Helper()
	return s.listenIn(tb, namespacePath, s.Addr())
}

// listenIn opens a proxy to an address.
func (s *Server) listenIn(tb TB, namespacePath, to string) *Proxy {
	tb.Helper()
	namespace, err := os.Open(namespacePath)
	if err != nil {
		tb.Fatalf("network namespace: %v", err)
	}
	p := &Proxy{to: to, namespace: namespace, conns: map[net.Conn]bool{}, flow: make(chan struct{})}
	close(p.flow)
	tb.Cleanup(func() {
		if err := p.close(); err != nil {
			tb.Errorf("the way to the API server: %v", err)
		}
	})
	if err := p.inside(func() (err error) { p.port, err = reserve(); return err }); err != nil {
		tb.Fatalf("network namespace %s: %v", namespacePath, err)
	}
	if err := p.Heal(); err != nil {
		tb.Fatalf("network namespace %s: %v", namespacePath, err)
	}
	if p.kubeconfig, err = s.KubeconfigFor(p.Config(s.admin)); err != nil {
		tb.Fatalf("the way to the API server: %v", err)
	}
	return p
}

// Config is the given access to the server, by way of the proxy.
func (p *Proxy) Config(access *rest.Config) *rest.Config {
	config := rest.CopyConfig(access)
	config.Host = "https://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port.number))
	return config
}

// Kubeconfig is the path of a file with the administrator's access by way of the proxy.
func (p *Proxy) Kubeconfig() string { return p.kubeconfig }

// Cut plays a server that is gone: open connections are reset, new ones refused.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for conn := range p.conns {
		conn.(*net.TCPConn).SetLinger(0) // RST, not FIN
		conn.Close()
	}
	p.resume()
}

// Stall plays a network that swallows everything: connections stay open, new ones are
// accepted, and not a byte passes until Heal or Cut.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resume()
	p.flow = make(chan struct{})
}

// Forget plays a router between that has lost its table: connections stay open, and never
// carry a byte again; new ones work.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		p.conns[conn] = false
	}
}

// Heal undoes Cut and Stall; what was swallowed arrives.
func (p *Proxy) Heal() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resume()
	if p.listener != nil {
		return nil
	}
	err := p.inside(func() (err error) { p.listener, err = p.port.listen(); return err })
	if err != nil {
		return fmt.Errorf("listen on port %d of 127.0.0.1: %w", p.port.number, err)
	}
	listener := p.listener
	p.serving.Go(func() { p.accept(listener) })
	return nil
}

func (p *Proxy) resume() {
	select {
	case <-p.flow:
	default:
		close(p.flow)
	}
}

func (p *Proxy) close() error {
	p.Cut()
	p.serving.Wait()
	p.namespace.Close()
	return p.port.release()
}

// inside calls f in the namespace.
func (p *Proxy) inside(f func() error) error {
	return thread.Run(func() error { return thread.Enter(p.namespace, unix.CLONE_NEWNET) }, f)
}

func (p *Proxy) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // Cut
		}
		p.serving.Go(func() { p.serve(listener, conn) })
	}
}

// serve joins a connection to one of its own to the server. Without a server it is
// closed, which a client cannot tell from a server that died.
func (p *Proxy) serve(listener net.Listener, inner net.Conn) {
	if !p.enter(listener, inner) {
		return
	}
	defer p.leave(inner)
	outer, err := net.DialTimeout("tcp", p.to, 5*time.Second)
	if err != nil || !p.enter(listener, outer) {
		return
	}
	defer p.leave(outer)

	var up sync.WaitGroup
	up.Go(func() { p.pass(outer, inner) })
	p.pass(inner, outer)
	up.Wait()
}

// pass copies until an end is closed, and then closes the other.
func (p *Proxy) pass(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, readErr := from.Read(buffer)
		p.mu.Lock()
		flow, known := p.flow, p.conns[from]
		p.mu.Unlock()
		<-flow
		var err error
		if known {
			_, err = to.Write(buffer[:n])
		}
		if err != nil || readErr != nil {
			return
		}
	}
}

// enter makes a connection one that Cut will end, unless it has come too late for that.
func (p *Proxy) enter(listener net.Listener, conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != listener {
		conn.Close()
		return false
	}
	p.conns[conn] = true
	return true
}

func (p *Proxy) leave(conn net.Conn) {
	conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
}
