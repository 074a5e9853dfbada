//go:build linux

package announce

import (
	"encoding/json"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/integration/lab"
)

// shadow is a second machine, to which the same happens as to the node, and which runs no FRR: its kernel shows what the node's
// would have without k8frr.
type shadow struct {
	*lab.Host
	n *node
}

// newShadow is the shadow of a node that nothing has happened to yet.
func newShadow(l *lab.Lab, n *node) *shadow {
	host, router := l.Host("shadow"), l.Host("shadow-router")
	var of []string
	if n.outside == nil {
		of = addresses
	} else {
		l.Connect(host.Port("eth9", "10.3.0.2/24"), l.Host("shadow-outside").Port("eth0", "10.3.0.1/24"))
	}
	l.Connect(host.Port("eth0", of...), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	for _, name := range interfaces {
		host.KubeLB(name)
	}
	return &shadow{host, n}
}

// IP changes something in the kernel, with iproute2's ip.
func (n *node) IP(args ...string) {
	n.Helper()
	n.Node.IP(args...)
	if !n.alike(args...) {
		n.Fatalf("the shadow did not take what the node took: ip %s", strings.Join(args, " "))
	}
}

// tries is IP that reports whether the kernel took it.
func (n *node) tries(args ...string) bool {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	_, err := n.Exec(ctx, "ip", args...)
	if took := n.alike(args...); took != (err == nil) {
		n.Fatalf("ip %s: the node took it: %v, its shadow: %v", strings.Join(args, " "), err == nil, took)
	}
	return err == nil
}

func (n *node) alike(args ...string) bool {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	_, err := n.shadow.Exec(ctx, "ip", args...)
	return err == nil
}

// inKernel is what a host's kernel has: addresses, routes of all tables, rules.
func (n *node) inKernel(host *lab.Host) []string {
	n.Helper()
	have := map[string]bool{}
	for _, show := range []string{"-4 route show table all", "-6 route show table all", "-4 rule show", "-6 rule show", "address show"} {
		ctx, cancel := n.Deadline()
		text, err := host.Exec(ctx, "ip", append([]string{"-j", "-N", "-d"}, strings.Fields(show)...)...)
		cancel()
		if err != nil {
			n.Fatal(err)
		}
		var list []map[string]any
		if text = strings.TrimSpace(text); text != "" {
			if err := json.Unmarshal([]byte(text), &list); err != nil {
				n.Fatalf("ip %s: %v\n%s", show, err, text)
			}
		}
		for _, entry := range list {
			if show != "address show" {
				have[plain(show, entry)] = true
				continue
			}
			addresses, _ := entry["addr_info"].([]any)
			for _, a := range addresses {
				if a, is := a.(map[string]any); is {
					have[plain("address on "+entry["ifname"].(string), a)] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(have))
}

// byMAC are the link-local addresses that the kernel makes of those of its links, which no two machines share.
var byMAC = regexp.MustCompile(`fe80::[0-9a-f]+:[0-9a-f]*ff:fe[0-9a-f]{2}:[0-9a-f]+`)

// plain is an entry without what passes by itself.
func plain(what string, entry map[string]any) string {
	for _, passing := range []string{"flags", "expires", "valid_life_time", "preferred_life_time", "tentative", "dynamic"} {
		delete(entry, passing)
	}
	text, _ := json.Marshal(entry)
	return what + ": " + byMAC.ReplaceAllString(string(text), "fe80::by:mac")
}

// kernelIsUntouched waits until the kernel of the node has all that its shadow's has, and nothing else but the operator's own
// static routes and mirrored ones of what is announced: zebra selects a static route where it has no other one to the prefix
// (docs/ownership.md).
func (n *node) kernelIsUntouched(what string, announced []netip.Prefix) {
	n.Helper()
	var more, less []string
	same := func() bool {
		with, without := n.inKernel(n.Host), n.inKernel(n.shadow.Host)
		more = slices.DeleteFunc(lacking(with, without), func(entry string) bool { return n.isOperators(entry) || n.isMirrored(entry, announced) })
		less = lacking(without, with)
		return len(more)+len(less) == 0
	}
	n.Until(what+": the kernel has what it would have without k8frr", same, func() any {
		return "more than that: " + strings.Join(more, "\n") + "\nless: " + strings.Join(less, "\n")
	})
}

// lacking are those of all that some lack.
func lacking(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// static reads a route of FRR's staticd.
func static(entry string) (to netip.Prefix, device string, is bool) {
	what, text, _ := strings.Cut(entry, ": ")
	var r hop
	if json.Unmarshal([]byte(text), &r) != nil || r.Protocol != statics {
		return netip.Prefix{}, "", false
	}
	if r.To == "default" {
		r.To = map[bool]string{true: "::/0", false: "0.0.0.0/0"}[strings.HasPrefix(what, "-6")]
	}
	p, err := netip.ParsePrefix(r.To)
	if err != nil {
		a, _ := netip.ParseAddr(r.To)
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return p, r.Device, true
}

// isOperators reports whether an entry is a static route to a prefix that the operator has entered.
func (n *node) isOperators(entry string) bool {
	to, _, is := static(entry)
	return is && slices.ContainsFunc(n.operators, func(line string) bool { return netip.MustParsePrefix(strings.Fields(line)[2]) == to })
}

// isMirrored reports whether an entry is a static route by an imported interface to what is announced of it, of an address
// without prefix route.
func (n *node) isMirrored(entry string, announced []netip.Prefix) bool {
	to, device, is := static(entry)
	if !is || !n.imports(device) || !slices.Contains(announced, to) {
		return false
	}
	return slices.ContainsFunc(n.carriers(), func(c carrier) bool {
		return c.Name == device && slices.ContainsFunc(c.Addresses, func(a address) bool {
			p, ok := usable(a.Local, a.Peer, a.Bits, a.Scope, a.DADFailed)
			return ok && p.Masked() == to && (a.NoPrefixRoute || a.Peer != "")
		})
	})
}

// statics is the protocol of the routes that FRR's staticd enters into the kernel.
const statics = "196"
