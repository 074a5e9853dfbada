//go:build linux

package lab_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 3 * time.Minute

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func TestTwoHostsPing(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	a, b := l.Host("a"), l.Host("b")
	l.Connect(a.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), b.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	for _, address := range []string{"10.1.0.1", "fd00:1::1"} {
		if out, err := a.Exec(within(t, patience), "ping", "-c1", "-W2", address); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	if _, err := a.Exec(within(t, patience), "ip", "link", "show", "nothing"); err == nil || !strings.Contains(err.Error(), `"nothing" does not exist`) {
		t.Errorf("an error without what ip said: %v", err)
	}
}

func TestLANJoinsHosts(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	router := l.Host("router")
	lan := l.LAN(router.Port("eth0", "10.2.0.1/24"))
	for i := range 3 {
		lan.Attach(l.Host(fmt.Sprintf("node-%d", i)).Port("eth0", fmt.Sprintf("10.2.0.%d/24", 10+i)))
	}
	for i := range 3 {
		if _, err := router.Exec(within(t, patience), "ping", "-c1", "-W2", fmt.Sprintf("10.2.0.%d", 10+i)); err != nil {
			t.Error(err)
		}
	}
}

func TestDoOpensSocketsInTheHost(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	a, b := l.Host("a"), l.Host("b")
	l.Connect(a.Port("eth0", "10.1.0.2/24"), b.Port("eth0", "10.1.0.1/24"))
	var socket net.Listener
	err := b.Do(func() (err error) {
		socket, err = net.Listen("tcp", "10.1.0.1:80")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go func() {
		if conn, err := socket.Accept(); err == nil {
			conn.Write([]byte("hello"))
			conn.Close()
		}
	}()
	err = a.Do(func() error {
		conn, err := net.DialTimeout("tcp", "10.1.0.1:80", patience)
		if err != nil {
			return err
		}
		defer conn.Close()
		buffer := make([]byte, 5)
		_, err = conn.Read(buffer)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if addresses, err := net.InterfaceAddrs(); err != nil || strings.Contains(fmt.Sprint(addresses), "10.1.0.2") {
		t.Errorf("the machine has addresses of the lab: %v %v", addresses, err)
	}
}

func TestKubeLB(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	h := l.Host("node")
	h.KubeLB("kube-lb0")
	h.AddAddress("kube-lb0", "10.9.8.9/24")
	h.AddAddress("kube-lb0", "fd00:7::1/64")
	h.AddAddress("kube-lb0", "10.9.9.9/24", lab.NoPrefixRoute)
	show := func(args ...string) string {
		out, err := h.Exec(within(t, patience), "ip", args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if routes := show("route"); !strings.Contains(routes, "10.9.8.0/24 dev kube-lb0") || strings.Contains(routes, "10.9.9.0/24") {
		t.Errorf("routes: %s", routes)
	}
	if addresses := show("addr", "show", "dev", "kube-lb0", "scope", "global"); !strings.Contains(addresses, "fd00:7::1/64") || strings.Contains(addresses, "tentative") {
		t.Errorf("addresses: %s", addresses)
	}
	h.DelAddress("kube-lb0", "10.9.8.9/24")
	if routes := show("route"); strings.Contains(routes, "10.9.8.0") {
		t.Errorf("routes after deletion: %s", routes)
	}
	for i := range 1000 {
		h.AddAddress("kube-lb0", fmt.Sprintf("10.10.%d.%d/32", i/250, i%250+1))
	}
	h.SetDown("kube-lb0")
	h.DeleteLink("kube-lb0")
	if links := show("link"); strings.Contains(links, "kube-lb0") {
		t.Errorf("links: %s", links)
	}
}

func TestKillAndLog(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	h := l.Host("node")
	p := h.Start("talker", "sh", "-c", "echo started; echo oops >&2; exec sleep 60")
	for !strings.Contains(read(t, p.Log), "started\noops\n") {
		if t.Context().Err() != nil || !p.Running() {
			t.Fatal("no output")
		}
		time.Sleep(time.Millisecond)
	}
	h.Kill("talker", 9)
	if p.Running() || p.Err() == nil {
		t.Error("it survived SIGKILL")
	}
	h.Start("talker", "sleep", "60") // the name is free again
}

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
