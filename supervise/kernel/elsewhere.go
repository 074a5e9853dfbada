//go:build linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/render"
)

// elsewhere finds what interfaces carry that another interface of their VRF
// carries too, whether it is imported or not: zebra may select that one's route.
//
// A dump that a deletion interrupts may lack an address that stayed. That is no
// harm: the deletion was announced to Watch, so this is about to be read again.
func (k *conversation) elsewhere(ctx context.Context, links []link, observed []render.Link) error {
	at := map[netip.Prefix][]int{} // in links
	for i, l := range observed {
		for _, a := range l.Addresses {
			at[a.Prefix.Masked()] = append(at[a.Prefix.Masked()], i)
		}
		for _, p := range l.Routes {
			at[p] = append(at[p], i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	// One question for all, as the other interfaces may be hundreds; of them
	// only those that share a prefix are looked at.
	shared := map[uint32][]netip.Prefix{}
	_, err := ask(ctx, k, unix.RTM_GETADDR, unix.NLM_F_DUMP, func(m []byte) (address, bool) {
		a, ok := decodeAddress(m)
		if !ok {
			return address{}, false
		}
		// zebra's route is that of the prefix, or, where it has local routes,
		// that of the address itself.
		for _, p := range []netip.Prefix{netip.PrefixFrom(a.address, a.bits).Masked(), netip.PrefixFrom(a.local, a.local.BitLen())} {
			if at[p] != nil && !slices.Contains(shared[a.index], p) {
				shared[a.index] = append(shared[a.index], p)
			}
		}
		return address{}, false
	}, nl.NewIfAddrmsg(unix.AF_UNSPEC))
	if err != nil && !errors.Is(err, nl.ErrDumpInterrupted) {
		return fmt.Errorf("reading the addresses of all interfaces: %w", err)
	}
	for index, prefixes := range shared {
		other := func(p netip.Prefix) bool {
			return slices.ContainsFunc(at[p], func(i int) bool { return int64(links[i].index) != int64(index) })
		}
		if prefixes = slices.DeleteFunc(prefixes, func(p netip.Prefix) bool { return !other(p) }); len(prefixes) == 0 {
			continue
		}
		itself := nl.NewIfInfomsg(unix.AF_UNSPEC)
		itself.Index = int32(index)
		found, err := ask(ctx, k, unix.RTM_GETLINK, 0, decodeLink, itself, brief())
		if errors.Is(err, unix.ENODEV) {
			continue
		}
		if err == nil {
			found, err = k.withVRFs(ctx, found)
		}
		if err != nil {
			return fmt.Errorf("looking for the network interface %d: %w", index, err)
		}
		for _, l := range found {
			for _, p := range prefixes {
				for _, i := range at[p] {
					if links[i].index != l.index && links[i].vrf == l.vrf {
						observed[i].Elsewhere = append(observed[i].Elsewhere, p)
					}
				}
			}
		}
	}
	for i := range observed {
		slices.SortFunc(observed[i].Elsewhere, netip.Prefix.Compare)
		observed[i].Elsewhere = slices.Compact(observed[i].Elsewhere)
	}
	return nil
}
