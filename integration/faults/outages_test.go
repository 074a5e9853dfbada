//go:build linux

package faults

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// outage is something that is missing before a plan begins.
type outage struct {
	name       string
	begin, end func(*node)
	says       string
	stalls     bool // what kube-lb0 carries is not all announced: 10.3 needs vtysh for prefix lists
}

var outages = []outage{
	{
		name:  "disk full",
		begin: func(n *node) { n.must(fill(n.filler())) },
		end:   func(n *node) { n.must(os.Remove(n.filler())) },
		says:  "frr.conf could not be written",
	},
	{
		name: "disk read-only",
		begin: func(n *node) {
			n.mount("mount", "--bind", n.frr.ConfigDir, n.frr.ConfigDir)
			n.mount("mount", "-o", "remount,bind,ro", n.frr.ConfigDir)
		},
		end:  func(n *node) { n.mount("umount", n.frr.ConfigDir) },
		says: "frr.conf could not be written",
	},
	{
		name:  "no vtysh",
		begin: func(n *node) { n.must(os.Remove(n.vtysh)) },
		end:   (*node).giveVtysh,
		says:  "given-vtysh", stalls: true,
	},
}

func (n *node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// mount runs a command where the agent's mounts are.
func (n *node) mount(command ...string) {
	n.t.Helper()
	_, err := n.Exec(n.t.Context(), "nsenter", append([]string{"--mount", "--target", strconv.Itoa(n.pid("agent"))}, command...)...)
	n.must(err)
}

// While something is missing that the agent needs, what ran goes on with the addresses that come and go, and the agent says
// why what is declared does not. It does as soon as nothing is missing any more, without another event.
func TestOutages(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			want := refer(t, version)
			n := newNode(t, version)
			n.disk = true
			n.declare(before, addressesBefore)
			n.startAgent()
			for _, o := range outages {
				n.reset()
				n.mark = n.heard.Mark()
				o.begin(n)
				n.declare(after, addressesAfter)
				n.eventually("the agent says: "+o.says, patience, func() bool {
					c := n.applied()
					return c.Status == "False" && c.ObservedGeneration == int64(n.number) && strings.Contains(c.Message, o.says) &&
						strings.Contains(c.Message, "keeps running")
				})
				t.Logf("%s: %s: %s", o.name, n.applied().Reason, n.applied().Message)
				n.eventually("what kube-lb0 carries is announced all the same", patience, func() bool {
					return o.stalls || slices.Equal(n.look()["router"], want.before["router"])
				})
				for _, e := range n.heard.Since(n.mark) {
					if e.Kind == listener.Down {
						t.Errorf("%s: %v", o.name, e)
					}
				}
				o.end(n)
				_, took := n.ended(2*patience, map[string]snapshot{"after": want.after})
				t.Logf("%s: made up for after %v", o.name, took.Round(time.Millisecond))
			}
			n.discreet()
		})
	}
}
