//go:build linux

package sessions

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/integration/lab"
)

// node is the machine that the agent runs on.
type node struct {
	host    *lab.Host
	objects string // directory
	report  string // file
	daemons string // FRR's file of that name, which the agent keeps
}

// startNode is: node HOST FILE …
func (s *scenario) startNode(ts *testscript.TestScript, args []string) {
	host := s.lab.Host(args[0])
	f := host.FRR(s.version, lab.Daemons("bfdd"))
	s.node = &node{host: host, objects: filepath.Join(host.Dir(), "objects"), report: filepath.Join(host.Dir(), "status.yaml"),
		daemons: filepath.Join(f.ConfigDir, "daemons")}
	ts.Check(os.Mkdir(s.node.objects, 0o755))
	s.apply(ts, args[1:])
	host.KubeLB("kube-lb0")
	f.Start()
	s.speakers[host.Name] = frr{f}
	s.t.Cleanup(s.explain)
	host.Start("agent", *program, "--config-dir", s.node.objects, "--status-file", s.node.report, "--node-name", host.Name,
		"--vtysh", f.VtyshPath, "--frr-config-dir", f.ConfigDir, "--frr-socket-dir", f.SocketDir, "--daemons-file", s.node.daemons)
}

// apply is: apply FILE …
func (s *scenario) apply(ts *testscript.TestScript, args []string) {
	var documents []string
	for _, file := range args {
		documents = append(documents, ts.ReadFile(file))
	}
	text := strings.Join(documents, "\n---\n")
	for host, speaker := range s.speakers {
		if e, ok := speaker.(ear); ok {
			s.applied[host] = e.Mark()
		}
	}
	ts.Check(renameio.WriteFile(filepath.Join(s.node.objects, "objects.yaml"), []byte(text), 0o644))
}

var daemonOptions = regexp.MustCompile(`(?m)^(\w+)_options="(?:-A 127.0.0.1)? *(.*)"$`)

// options are those that FRR's start scripts would give a daemon, besides what the lab gives every daemon.
func (n *node) options(daemon string) ([]string, error) {
	text, err := os.ReadFile(n.daemons)
	if err != nil {
		return nil, err
	}
	for _, line := range daemonOptions.FindAllStringSubmatch(string(text), -1) {
		if line[1] == daemon {
			return strings.Fields(line[2]), nil
		}
	}
	return nil, nil
}

// status is the BGPNodeStatus that the agent wrote last, as JSON.
func (n *node) status() (string, error) {
	text, err := os.ReadFile(n.report)
	if err != nil {
		return "", err
	}
	text, err = yaml.YAMLToJSON(text)
	return string(text), err
}

// explain shows what a failed scenario left on the node.
func (s *scenario) explain() {
	if !s.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	said, _ := s.ask(ctx, s.node.host.Name, []string{"vtysh", "show running-config", "show bgp all summary", "show bgp ipv4 unicast", "show bgp ipv6 unicast"})
	s.t.Logf("FRR of %s has:\n%s", s.node.host.Name, said)
}
