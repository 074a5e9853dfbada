//go:build linux

package sessions

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// net is: net NAME HOST:IFACE=ADDRESS,… …
func (s *scenario) net(ts *testscript.TestScript, args []string) {
	var ports []lab.Port
	for _, arg := range args[1:] {
		place, list, _ := strings.Cut(arg, "=")
		host, iface, ok := strings.Cut(place, ":")
		if !ok {
			ts.Fatalf("%q is no HOST:IFACE=ADDRESS,…", arg)
		}
		var addresses []string
		if list != "" {
			addresses = strings.Split(list, ",")
		}
		ports = append(ports, s.lab.Host(host).Port(iface, addresses...))
	}
	s.lab.LAN(ports...)
	s.switches[args[0]] = s.lab.Host(fmt.Sprintf("lan%d", len(s.switches)+1))
}

func (s *scenario) cut(ts *testscript.TestScript, args []string)  { s.lan(ts, args[0]).SetDown("br0") }
func (s *scenario) mend(ts *testscript.TestScript, args []string) { s.lan(ts, args[0]).SetUp("br0") }

func (s *scenario) lan(ts *testscript.TestScript, name string) *lab.Host {
	host := s.switches[name]
	if host == nil {
		ts.Fatalf("no net is called %s", name)
	}
	return host
}

// frr is: frr HOST FILE
func (s *scenario) frr(ts *testscript.TestScript, args []string) {
	version := lab.FRR84
	if s.version.Name == version.Name {
		version = lab.FRR103
	}
	text := ts.ReadFile(args[1])
	options := []lab.FRROption{lab.Config(text)}
	if strings.Contains(text, "bfd") {
		options = append(options, lab.Daemons("bfdd"))
	}
	f := s.lab.Host(args[0]).FRR(version, options...)
	f.Start()
	s.speakers[args[0]] = frr{f}
}

// bird is: bird HOST FILE
func (s *scenario) bird(ts *testscript.TestScript, args []string) {
	s.speakers[args[0]] = bird{s.lab.Host(args[0]).BIRD(ts.ReadFile(args[1]))}
}

// gobgp is: gobgp HOST FILE
func (s *scenario) gobgp(ts *testscript.TestScript, args []string) {
	s.speakers[args[0]] = gobgp{s.lab.Host(args[0]).GoBGP(ts.ReadFile(args[1]))}
}

// listener is: listener HOST asn=N [hold=DURATION] [password=PEER:SECRET]
func (s *scenario) listener(ts *testscript.TestScript, args []string) {
	a := readAttributes(ts, args[1:], "asn hold password")
	config := listener.Config{ASN: number(ts, a["asn"])}
	if a["hold"] != "" {
		hold, err := time.ParseDuration(a["hold"])
		ts.Check(err)
		config.HoldTime = hold
	}
	if peer, secret, ok := cutLast(a["password"], ":"); ok {
		config.Passwords = map[netip.Addr]string{parseAddr(ts, peer): secret}
	}
	s.speakers[args[0]] = ear{s.lab.Host(args[0]).Listen(config)}
}

func cutLast(text, separator string) (before, after string, found bool) {
	if at := strings.LastIndex(text, separator); at >= 0 {
		return text[:at], text[at+len(separator):], true
	}
	return text, "", false
}

// do is: do HOST COMMAND ARGUMENT …
func (s *scenario) do(ts *testscript.TestScript, args []string) {
	ctx, cancel := context.WithTimeout(s.t.Context(), *patience)
	defer cancel()
	out, err := s.ask(ctx, args[0], args[1:])
	if err != nil {
		ts.Fatalf("%v", err)
	}
	ts.Logf("%s", out)
}

// ask runs a command on a host: of its router's command line, or any other.
func (s *scenario) ask(ctx context.Context, host string, command []string) (string, error) {
	if s.node != nil && host == s.node.host.Name {
		switch command[0] {
		case "status":
			return s.node.status()
		case "log":
			text, err := os.ReadFile(s.node.host.Process("agent").Log)
			return string(text), err
		case "daemons":
			text, err := os.ReadFile(s.node.daemons)
			return string(text), err
		}
	}
	switch router := s.speakers[host].(type) {
	case frr:
		if command[0] == "vtysh" {
			return router.Vtysh(ctx, command[1:]...)
		}
	case bird:
		if command[0] == "birdc" {
			return router.Birdc(ctx, command[1:]...)
		}
	}
	return s.lab.Host(host).Exec(ctx, command[0], command[1:]...)
}

// crash is: crash HOST DAEMON
func (s *scenario) crash(ts *testscript.TestScript, args []string) {
	s.lab.Host(args[0]).Kill(args[1], syscall.SIGKILL)
}

// restart is: restart HOST DAEMON
func (s *scenario) restart(ts *testscript.TestScript, args []string) {
	router, ok := s.speakers[args[0]].(frr)
	if !ok {
		ts.Fatalf("%s has no FRR", args[0])
	}
	if s.node != nil && args[0] == s.node.host.Name {
		options, err := s.node.options(args[1])
		ts.Check(err)
		lab.DaemonArgs(args[1], options...)(router.FRR)
		router.StartDaemon(args[1])
		return
	}
	router.StartDaemon(args[1])
	ctx, cancel := context.WithTimeout(s.t.Context(), *patience)
	defer cancel()
	ts.Check(router.Boot(ctx))
}
