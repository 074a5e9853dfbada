//go:build linux

package chaos

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab"
)

const leafAddr = "10.1.0.9"

// leaf is the router through which clients reach services: a BIRD, whose routes are in its kernel.
type leaf struct {
	*lab.Host
	config, control string
}

// newLeaf has BIRD run on a host, peering with some nodes.
func newLeaf(host *lab.Host, nodes []*node) *leaf {
	f := &leaf{host, filepath.Join(host.Dir(), "bird.conf"), filepath.Join(host.Dir(), "bird.ctl")}
	var text strings.Builder
	// persist: a BIRD that is killed, or ended to be started again, leaves its routes in the kernel meanwhile.
	fmt.Fprintf(&text, "router id %s;\nprotocol device {}\nprotocol kernel {\n  persist;\n  graceful restart on;\n  ipv4 { import none; export where source = RTS_BGP; };\n}\n", leafAddr)
	for i, n := range nodes {
		fmt.Fprintf(&text, "protocol bgp node%d {\n  local %s as 65009;\n  neighbor %s as 65000;\n  hold time 30;\n  connect retry time 1;\n"+
			"  connect delay time 1;\n  error wait time 1, 2;\n  graceful restart on;\n  ipv4 { import all; export none; };\n}\n", i, leafAddr, n.address)
	}
	_ = os.WriteFile(f.config, []byte(text.String()), 0o644)
	f.Sysctl("net.ipv4.conf.all.send_redirects", "0")
	f.Sysctl("net.ipv4.conf.eth0.send_redirects", "0")
	f.start()
	return f
}

// start starts BIRD, unless it runs, and waits until it answers.
func (f *leaf) start(flags ...string) {
	if p := f.Process("bird"); p != nil && p.Running() {
		return
	}
	argv := []string{"bird", "-f", "-c", f.config, "-s", f.control}
	p := f.Start("bird", append(argv, flags...)...)
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	for p.Running() && ctx.Err() == nil {
		if _, err := f.Exec(ctx, "birdc", "-s", f.control, "show", "status"); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// routes are the prefixes that it sends to a node.
func (f *leaf) routes(to netip.Addr) (map[netip.Prefix]bool, error) {
	prefixes := map[netip.Prefix]bool{}
	err := f.Do(func() error {
		of := &netlink.Route{Protocol: unix.RTPROT_BIRD}
		routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, of, netlink.RT_FILTER_PROTOCOL)
		for _, r := range routes {
			via, _ := netip.AddrFromSlice(r.Gw.To4())
			if via == to && r.Dst != nil {
				ip, _ := netip.AddrFromSlice(r.Dst.IP.To4())
				bits, _ := r.Dst.Mask.Size()
				prefixes[netip.PrefixFrom(ip, bits)] = true
			}
		}
		return err
	})
	return prefixes, err
}

// end ends BIRD, unless another fault has.
func (f *leaf) end(signal syscall.Signal) {
	if f.Process("bird").Running() {
		f.Kill("bird", signal)
	}
}
