//go:build linux

package pod

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// occupied has another program hold a port of the node until it is closed.
func occupied(t *testing.T, n *node, network, address string) io.Closer {
	t.Helper()
	var held io.Closer
	err := n.Do(func() (err error) {
		var config net.ListenConfig
		if strings.HasPrefix(network, "udp") {
			held, err = config.ListenPacket(context.Background(), network, address)
		} else {
			held, err = config.Listen(context.Background(), network, address)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = held.Close() })
	return held
}

// global replaces the object's global settings.
func global(settings string) string {
	return strings.Replace(configuration, "asn: 65000}", "asn: 65000, "+settings+"}", 1) + kubernetesNode
}

// listens waits until the kernel shows that something in the node's network listens on a socket, as ss prints it, or not.
func (n *node) listens(socket string, wanted bool) {
	n.t.Helper()
	var out string
	n.Until("listening on "+socket+" or not", func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		var err error
		out, err = n.Exec(ctx, "ss", "-H", "-ltn")
		found := false
		for line := range strings.Lines(out) {
			words := strings.Fields(line)
			found = found || len(words) > 3 && words[3] == socket
		}
		return err == nil && found == wanted
	}, func() any { return out })
}

// says waits until the agent logs a text, which it does for each note of the status.
func (n *node) says(since int, texts ...string) {
	n.t.Helper()
	for _, text := range texts {
		n.Until("the agent says "+text, func() bool { return strings.Contains(n.agent.log()[since:], text) }, func() any { return n.agent.log()[since:] })
	}
}

// A port that another program has, and an address that the node has not, end no session, and BGP is there whoever is started
// again at which point; when the port is freed, or the address comes, bgpd listens there without a person.
func TestListenWhereItCannot(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		taken := occupied(t, n, "tcp", ":1790")
		resets, bgpd, said := heard.Resets(), n.frr.daemon("bgpd"), len(n.agent.log())
		n.declare(global("listenPort: 1790"))
		n.says(said, "bgpd cannot listen on 0.0.0.0:1790", "another program has the port")
		n.AddAddress("kube-lb0", "10.9.9.10/32")
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		if got := heard.Resets() - resets; got != 0 || n.frr.daemon("bgpd") != bgpd {
			t.Errorf("%d sessions ended for a port that is taken; bgpd was %d and is %d", got, bgpd, n.frr.daemon("bgpd"))
		}

		n.killDaemon("bgpd")
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.frr.stop(patience)
		n.startFRR()
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.frr.must("k8frr-frr", "health")
		if err := taken.Close(); err != nil {
			t.Fatal(err)
		}
		n.listens("0.0.0.0:1790", true)
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.ready()

		// One address of two is not there: the other is listened on.
		said = len(n.agent.log())
		n.declare(global(`listenAddresses: ["192.0.2.99", "10.1.0.2"]`))
		n.listens("10.1.0.2:179", true)
		n.says(said, "bgpd cannot listen on 192.0.2.99:179", "this node does not have the address")
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")

		// None is there: what ran goes on, and so it does without an agent.
		resets = heard.Resets()
		n.declare(global(`listenAddresses: ["192.0.2.99"]`))
		n.Until("k8frr-frr goes on as before", func() bool {
			return strings.Contains(n.frr.log(), `declared="-l 192.0.2.99" runs_with="-l 10.1.0.2"`)
		})
		n.Stays("the session is up", func() bool { return heard.Resets() == resets })
		n.agent.stop(patience)
		n.frr.stop(patience)
		n.startFRR()
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.listens("0.0.0.0:179", false)
		n.startAgent()
		n.AddAddress("lo", "192.0.2.99/32")
		n.listens("192.0.2.99:179", true)
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")

		n.declare(configuration + kubernetesNode)
		n.listens("0.0.0.0:179", true)
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.ready()
	})
}

// A bfdd that cannot have its ports costs BFD and nothing else: the container is healthy, and sessions and routes stay.
func TestBFDDWhereItCannot(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		taken := occupied(t, n, "udp4", "0.0.0.0:3784")
		resets := heard.Resets()
		withBFD := strings.Replace(configuration, "peerAsn: 65001}", "peerAsn: 65001}\n    bfd: {enabled: true}", 1) + kubernetesNode
		n.declare(withBFD)
		n.Until("a bfdd has died", func() bool { return strings.Contains(n.frr.log(), `msg="a daemon died" daemon=bfdd`) })
		n.AddAddress("kube-lb0", "10.9.9.10/32")
		n.Hears(heard, "10.9.9.9/32", "10.9.9.10/32")
		n.frr.must("k8frr-frr", "health")
		if got := heard.Resets() - resets; got != 0 {
			t.Errorf("%d sessions ended", got)
		}
		if err := taken.Close(); err != nil {
			t.Fatal(err)
		}
		n.Until("bfdd knows the neighbor", func() bool { return n.frr.daemon("bfdd") != 0 && n.shows("bfdd", "show bfd peers brief", "10.1.0.1") })
	})
}
