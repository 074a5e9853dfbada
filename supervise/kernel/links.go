//go:build linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// link is an interface as this reading found it; the index says which one a
// name stood for.
type link struct {
	index int32
	name  string
	up    bool
	// vrf is the VRF device that it belongs to, "" for none; a VRF device
	// belongs to itself. table is that of the VRF, else the main one.
	vrf   string
	table uint32
	// master is the index of the device that it belongs to, if that is a VRF.
	master int32
}

// links returns the interfaces that patterns match, by name, with their VRFs.
// It lists all that there are only if a pattern is a glob, because a node has
// one for each pod.
func (k *conversation) links(ctx context.Context, patterns []string) ([]link, error) {
	var found []link
	if slices.ContainsFunc(patterns, isGlob) {
		all, err := repeat(ctx, func() ([]link, error) {
			return ask(ctx, k, unix.RTM_GETLINK, unix.NLM_F_DUMP, decodeLink, nl.NewIfInfomsg(unix.AF_UNSPEC), brief())
		})
		if err != nil {
			return nil, fmt.Errorf("listing the network interfaces: %w", err)
		}
		found = slices.DeleteFunc(all, func(l link) bool { return !matches(patterns, l.name) })
	} else {
		for _, name := range slices.Compact(slices.Sorted(slices.Values(patterns))) {
			if name == "" || len(name) >= unix.IFNAMSIZ {
				continue
			}
			named := nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(name))
			l, err := ask(ctx, k, unix.RTM_GETLINK, 0, decodeLink, nl.NewIfInfomsg(unix.AF_UNSPEC), named, brief())
			if errors.Is(err, unix.ENODEV) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("looking for the network interface %s: %w", name, err)
			}
			// The kernel knows it by its alternative names as well.
			found = append(found, slices.DeleteFunc(l, func(l link) bool { return l.name != name })...)
		}
	}
	slices.SortFunc(found, func(a, b link) int { return strings.Compare(a.name, b.name) })
	return k.withVRFs(ctx, found)
}

// withVRFs names the VRF devices that links belong to. A link whose VRF is just
// gone is about to be announced again, and left out until then.
func (k *conversation) withVRFs(ctx context.Context, links []link) ([]link, error) {
	names := map[int32]string{}
	for i, l := range links {
		if l.master == 0 {
			continue
		}
		name, known := names[l.master]
		if !known {
			itself := nl.NewIfInfomsg(unix.AF_UNSPEC)
			itself.Index = l.master
			device, err := ask(ctx, k, unix.RTM_GETLINK, 0, decodeLink, itself, brief())
			if err != nil && !errors.Is(err, unix.ENODEV) {
				return nil, fmt.Errorf("looking for the VRF of %s: %w", l.name, err)
			}
			if len(device) == 1 {
				name = device[0].name
			}
			names[l.master] = name
		}
		links[i].vrf = name
	}
	return slices.DeleteFunc(links, func(l link) bool { return l.master != 0 && l.vrf == "" }), nil
}

// isGlob reports whether a pattern has a character that path.Match treats
// specially.
func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

// matches reports whether one of patterns is name or a glob that matches it.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, name)
		return ok || p == name
	})
}

// brief asks for links without their counters.
func brief() *nl.RtAttr {
	const skipStats = 1 << 3 // RTEXT_FILTER_SKIP_STATS of linux/rtnetlink.h
	return nl.NewRtAttr(unix.IFLA_EXT_MASK, nl.Uint32Attr(skipStats))
}

// operative are the flags of an interface that zebra has routes by. A dummy,
// which knows of no carrier, has both while it is up.
const operative = unix.IFF_UP | unix.IFF_RUNNING

func decodeLink(m []byte) (link, bool) {
	if len(m) < unix.SizeofIfInfomsg {
		return link{}, false
	}
	msg := nl.DeserializeIfInfomsg(m)
	l := link{index: msg.Index, up: msg.Flags&operative == operative, table: unix.RT_TABLE_MAIN}
	var master int32
	var info []byte
	for kind, value := range attributes(m[msg.Len():]) {
		switch kind {
		case unix.IFLA_IFNAME:
			l.name = unix.ByteSliceToString(value)
		case unix.IFLA_MASTER:
			master = int32(number(value))
		case unix.IFLA_LINKINFO:
			info = value
		}
	}
	l.readVRF(info, master)
	return l, l.name != ""
}
