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
}

// links returns the interfaces that patterns match, by name. It lists all
// that there are only if a pattern is a glob, because a node has one for each
// pod.
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
	return found, nil
}

// isGlob says whether a pattern has a character that path.Match treats
// specially.
func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

// matches says whether one of patterns is name or a glob that matches it.
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

func decodeLink(m []byte) (link, bool) {
	msg := nl.DeserializeIfInfomsg(m)
	for kind, value := range attributes(m[msg.Len():]) {
		if kind == unix.IFLA_IFNAME {
			return link{index: msg.Index, name: unix.ByteSliceToString(value), up: msg.Flags&unix.IFF_UP != 0}, true
		}
	}
	return link{}, false
}
