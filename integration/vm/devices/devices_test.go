//go:build linux

// Package devices proves what FRR makes of devices that the kernel of a build machine may lack. It is also the smallest
// example of tests that run in a virtual machine.
package devices

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm"
)

func TestMain(m *testing.M) { os.Exit(vm.Main(m)) }

// A node's kube-lb0 is in a machine what it is in a cluster.
func TestDummy(t *testing.T) {
	node := lab.New(t).Host("node")
	node.KubeLB("kube-lb0")
	out, err := node.Exec(t.Context(), "ip", "-details", "link", "show", "kube-lb0")
	if err != nil || !strings.Contains(out, "dummy") {
		t.Errorf("kube-lb0 is no dummy: %v\n%s", err, out)
	}
}

// instances are a BGP instance of the default VRF and one of blue, each with what its own dummy carries.
const instances = `router bgp 65000
 bgp router-id 10.0.0.1
 address-family ipv4 unicast
  redistribute connected
 exit-address-family
exit
router bgp 65000 vrf blue
 bgp router-id 10.0.0.1
 address-family ipv4 unicast
  redistribute connected
 exit-address-family
exit
`

// FRR knows a VRF, and keeps the routes of its interfaces in the instance of the VRF and in no other.
func TestVRF(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			node := lab.New(t).Host("node")
			for _, command := range []string{
				"link add blue type vrf table 100",
				"link set blue up",
				"link add lb-blue type dummy",
				"link set lb-blue master blue",
			} {
				if _, err := node.Exec(ctx, "ip", strings.Fields(command)...); err != nil {
					t.Fatal(err)
				}
			}
			node.SetUp("lb-blue")
			node.KubeLB("kube-lb0")
			node.AddAddress("lb-blue", "10.9.9.9/32")
			node.AddAddress("kube-lb0", "10.8.8.8/32")
			frr := node.FRR(version, lab.Config(instances))
			frr.Start()

			show := func(what string) string {
				out, err := frr.Vtysh(ctx, what)
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			if out := show("show vrf"); !strings.Contains(out, "vrf blue") || !strings.Contains(out, "table 100") {
				t.Errorf("FRR does not know blue: %s", out)
			}
			for vrf, prefixes := range map[string][2]string{
				"default": {"10.8.8.8/32", "10.9.9.9/32"},
				"blue":    {"10.9.9.9/32", "10.8.8.8/32"},
			} {
				has := func(prefix string) bool {
					return strings.Contains(show(fmt.Sprintf("show bgp vrf %s ipv4 unicast", vrf)), prefix)
				}
				for !has(prefixes[0]) {
					if ctx.Err() != nil {
						t.Fatalf("the instance of %s never has %s", vrf, prefixes[0])
					}
					time.Sleep(50 * time.Millisecond)
				}
				if has(prefixes[1]) {
					t.Errorf("the instance of %s has %s", vrf, prefixes[1])
				}
			}
		})
	}
}
