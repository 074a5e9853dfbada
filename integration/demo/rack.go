//go:build linux

package main

import (
	"context"
	"embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/k8frr/k8frr/integration/lab"
)

// The addresses are those that RFC 5737 and RFC 3849 keep for documentation.
const (
	vip  = "203.0.113.10"
	vip6 = "2001:db8:113::10"
)

//go:embed rack
var files embed.FS

// rack is the network of the demo: a client behind a top-of-rack router, and
// two nodes below it.
type rack struct {
	lab     *lab.Lab
	version lab.Version
	bin     string // directory of k8frr and k8frr-agent
	tools   string // directory of a command per host, which runs a command there
	hosts   []*lab.Host
	agents  []*lab.Process

	client, tor, nodeA, nodeB *lab.Host
}

// newRack makes the network, writes the objects and starts the router.
func newRack(ctx context.Context, tb lab.TB, bin string, version lab.Version) (*rack, error) {
	l := lab.New(tb)
	r := &rack{lab: l, version: version, bin: bin, tools: filepath.Join(l.Dir(), "bin"),
		client: l.Host("client"), tor: l.Host("tor"), nodeA: l.Host("node-a"), nodeB: l.Host("node-b")}
	r.hosts = []*lab.Host{r.client, r.tor, r.nodeA, r.nodeB}
	l.Connect(r.client.Port("eth0", "198.51.100.10/24", "2001:db8:51::10/64"), r.tor.Port("eth1", "198.51.100.1/24", "2001:db8:51::1/64"))
	l.LAN(r.tor.Port("eth0", "192.0.2.1/24", "2001:db8:2::1/64"),
		r.nodeA.Port("eth0", "192.0.2.11/24", "2001:db8:2::11/64"),
		r.nodeB.Port("eth0", "192.0.2.12/24", "2001:db8:2::12/64"))

	// The hash of addresses and ports chooses the next hop, as in a switch.
	r.tor.Sysctl("net.ipv4.fib_multipath_hash_policy", "1")
	r.tor.Sysctl("net.ipv6.fib_multipath_hash_policy", "1")
	for host, gateways := range map[*lab.Host][2]string{
		r.client: {"198.51.100.1", "2001:db8:51::1"},
		r.nodeA:  {"192.0.2.1", "2001:db8:2::1"},
		r.nodeB:  {"192.0.2.1", "2001:db8:2::1"},
	} {
		for _, gateway := range gateways {
			if _, err := host.Exec(ctx, "ip", "route", "add", "default", "via", gateway); err != nil {
				return nil, err
			}
		}
	}
	if err := r.writeFiles(); err != nil {
		return nil, err
	}
	bird, err := files.ReadFile("rack/bird.conf")
	if err != nil {
		return nil, err
	}
	r.tor.BIRD(string(bird))
	return r, r.makeTools()
}

func (r *rack) nodes() []*lab.Host { return []*lab.Host{r.nodeA, r.nodeB} }

func (r *rack) objects() string { return filepath.Join(r.lab.Dir(), "objects") }

func (r *rack) writeFiles() error {
	if err := os.Mkdir(r.objects(), 0o755); err != nil {
		return err
	}
	for _, name := range []string{"bgpconfiguration.yaml", "nodes.yaml"} {
		text, err := files.ReadFile("rack/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.objects(), name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// startNode starts FRR, a web server that answers with the node's name, and the
// agent.
func (r *rack) startNode(node *lab.Host) error {
	node.KubeLB("kube-lb0")
	if err := serve(node); err != nil {
		return err
	}
	frr := node.FRR(r.version)
	frr.Start()
	if err := r.tool(node, "vtysh", frr.VtyshPath, "--vty_socket", frr.SocketDir, "--config_dir", frr.ConfigDir); err != nil {
		return err
	}
	agent := node.Start("agent", filepath.Join(r.bin, "k8frr-agent"),
		"--config-dir", r.objects(), "--node-name", node.Name, "--status-file", filepath.Join(node.Dir(), "status.yaml"),
		"--vtysh", frr.VtyshPath, "--frr-config-dir", frr.ConfigDir, "--frr-socket-dir", frr.SocketDir)
	r.agents = append(r.agents, agent)
	return nil
}

// agentsRun tells if an agent has ended, which none should.
func (r *rack) agentsRun() error {
	for _, agent := range r.agents {
		if !agent.Running() {
			said, _ := os.ReadFile(agent.Log)
			return fmt.Errorf("a k8frr-agent has ended (%v): %s", agent.Err(), said)
		}
	}
	return nil
}

// serve answers HTTP requests to any address of the host with its name.
func serve(host *lab.Host) error {
	return host.Do(func() error {
		listener, err := net.Listen("tcp", ":80")
		if err != nil {
			return fmt.Errorf("web server of %s: %w", host.Name, err)
		}
		go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, host.Name)
		}))
		return nil
	})
}
