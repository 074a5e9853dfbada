//go:build linux

package agent

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// An agent and its vtysh are killed in the middle of a script. bgpd takes itself for one that still reads its configuration, and
// starts no session for a neighbor that is new until the rest has come, which the next agent sees to although it finds nothing
// else to do.
func TestScriptCutOff(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		n.KillAgent(syscall.SIGKILL)
		conn, err := net.Dial("unix", filepath.Join(n.FRR.SocketDir, "bgpd.vty"))
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		conf, err := os.ReadFile(filepath.Join(n.FRR.ConfigDir, "frr.conf"))
		if err != nil {
			t.Fatal(err)
		}
		_, block, _ := strings.Cut(string(conf), "\nrouter bgp 65000\n")
		block, _, _ = strings.Cut(block, "\nexit\n")
		commands := []string{"enable", "configure terminal", "XFRR_start_configuration", "router bgp 65000", "no neighbor 10.1.0.1"}
		for _, command := range append(commands, strings.Split(block, "\n")...) { // as vtysh does
			if _, err := conn.Write(append([]byte(strings.TrimSpace(command)), 0)); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Read(make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
		}
		mark := n.heard.Mark()
		conn.Close()
		time.Sleep(8 * time.Second)
		for _, e := range n.heard.Since(mark) {
			t.Logf("without the rest of its configuration: %v", e)
		}
		began := time.Now()
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.announced("10.9.9.1/32")
		t.Logf("announced again %v after the agent's start", time.Since(began).Round(time.Millisecond))
		n.Condition("ConfigurationApplied", "True")
	})
}
