//go:build linux

package hostile

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// door is an agent without FRR, and how its endpoints are knocked at.
type door struct {
	*testing.T
	host *lab.Host
}

const (
	metrics = "127.0.0.1:7473"
	probes  = "127.0.0.1:7474"
)

func newDoor(t *testing.T) *door {
	d := &door{t, lab.New(t).Host("node")}
	dir := d.host.Dir()
	d.host.Start("agent", agent, "--config-dir", dir, "--status-file", dir+"/status.yaml", "--frr-socket-dir", dir, "--frr-config-dir", dir, "--vtysh", "/bin/false")
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if status, _, err := d.get(metrics + "/metrics"); err == nil && status == 200 {
			return d
		} else if time.Now().After(end) {
			t.Fatal(status, err)
		}
	}
}

func (d *door) get(url string) (int, string, error) {
	ctx, cancel := context.WithTimeout(d.Context(), patience)
	defer cancel()
	return d.host.Get(ctx, "http://"+url)
}

// knock connects and says something. The connection is closed at the end of the test.
func (d *door) knock(address, says string) net.Conn {
	d.Helper()
	var conn net.Conn
	if err := d.host.Do(func() (err error) {
		conn, err = (&net.Dialer{Timeout: patience}).DialContext(d.Context(), "tcp", address)
		return err
	}); err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	_, _ = conn.Write([]byte(says)) // it may be closed already
	return conn
}

// answer is the first that comes back; 0 if the connection is closed without one.
func (d *door) answer(conn net.Conn) *http.Response {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return &http.Response{}
	}
	response.Body.Close()
	return response
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

// scrapes asks a few times, as Prometheus and the kubelet do, and wants each answered, and soon: within two seconds, which is
// less than any client is waited for. A busy machine may be late, but not each time.
func (d *door) scrapes(while string) {
	d.Helper()
	const tries, soon = 5, 2 * time.Second
	for _, url := range []string{metrics + "/metrics", probes + "/healthz"} {
		best := patience
		for range tries {
			began := time.Now()
			status, _, err := d.get(url)
			took := time.Since(began)
			if err != nil || status != 200 {
				d.Errorf("%s: %s is answered with status %d, error %v, after %v", while, url, status, err, took)
			}
			best = min(best, took)
		}
		if best > soon {
			d.Errorf("%s: %s is answered after %v at best", while, url, best)
		}
	}
}

// descriptors is how many the agent has open.
func (d *door) descriptors() int {
	d.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.host.Process("agent").PID()))
	if err != nil {
		d.Fatal(err)
	}
	return len(entries)
}

// Whoever holds on to the agent's endpoints keeps nobody else from them.
func TestSlowClients(t *testing.T) {
	d := newDoor(t)
	before := d.descriptors()
	for _, c := range []struct {
		who  string
		n    int
		says string // to both endpoints
	}{
		{"500 clients that say nothing", 250, ""},
		{"500 clients with a header that does not end", 250, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "},
		{"clients that stay", 100, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"clients that ask and do not read", 40, strings.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 2000)},
		{"a body that does not come", 40, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\nx"},
	} {
		var conns []net.Conn
		for range c.n {
			conns = append(conns, d.knock(metrics, c.says), d.knock(probes, c.says))
		}
		for _, conn := range conns {
			_, _ = conn.Write([]byte("x"))
		}
		d.scrapes(c.who)
		if now := d.descriptors(); now > before+2*64+10 {
			t.Errorf("%s: the agent has %d files open, %d before", c.who, now, before)
		}
		for _, conn := range conns {
			conn.Close()
		}
	}
	for end := time.Now().Add(patience); d.descriptors() > before+5; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d files are open, %d before", d.descriptors(), before)
		}
	}
}

// The endpoints have metrics and probes, and nothing else: no profiles, no variables, no files.
func TestNothingElseIsServed(t *testing.T) {
	d := newDoor(t)
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" }
	for _, address := range []string{metrics, probes} {
		for _, path := range []string{"/", "/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/debug", "/metrics/", "/metrics/../../etc/passwd",
			"/..%2f..%2fetc/passwd", "//etc/passwd", "/healthz/x", "/readyz/", "/version", "/config", "/%00", "*"} {
			if r := d.answer(d.knock(address, get(path))); r.StatusCode == 200 {
				t.Errorf("%s has %s", address, path)
			}
		}
	}
	for _, c := range []struct {
		what, says string
		want       int
	}{
		{"HTTP/1.0", "GET /metrics HTTP/1.0\r\n\r\n", 200},
		{"HEAD", "HEAD /metrics HTTP/1.0\r\n\r\n", 200},
		{"another method", "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405},
		{"TRACE", "TRACE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405},
		{"a proxy's method", "CONNECT /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		{"a body", "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("x", 1000000), 405},
		{"a long header", "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 431},
		{"many headers", "GET /metrics HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Many: x\r\n", 10000) + "\r\n", 431},
		{"a long path", get("/" + strings.Repeat("x", 64<<10)), 431},
		{"an odd Accept", "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: " + strings.Repeat("text/plain;version=9;q=2,", 400) + "\r\n\r\n", 200},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
	} {
		r := d.answer(d.knock(metrics, c.says))
		if r.StatusCode != c.want {
			t.Errorf("%s: status %d, not %d", c.what, r.StatusCode, c.want)
		}
		if server := r.Header.Get("Server"); server != "" {
			t.Errorf("%s: it says that it is %s", c.what, server)
		}
	}
	d.scrapes("after all that")
}
