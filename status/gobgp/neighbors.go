package gobgp

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render/token"
)

// session is a neighbor over all its families.
type session struct {
	name, vrf string
	peer
	addr netip.Addr // invalid for an interface
}

// sessions are all neighbors, IPv4 first, then by address; those on interfaces last.
func sessions(instances map[string]instance) []session {
	type key struct{ vrf, name string }
	found := map[key]session{}
	for vrf, i := range instances {
		for _, f := range i {
			for name, p := range f.Peers {
				k := key{vrf, name}
				s, again := found[k]
				if !again {
					addr, _ := netip.ParseAddr(name)
					s = session{name: name, vrf: vrf, addr: addr, peer: p}
				} else {
					s.Received, s.Sent = s.Received+p.Received, s.Sent+p.Sent
				}
				found[k] = s
			}
		}
	}
	all := make([]session, 0, len(found))
	for _, s := range found {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b session) int {
		rank := func(s session) int {
			switch {
			case s.addr.Is4():
				return 0
			case s.addr.IsValid():
				return 1
			}
			return 2
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.addr.Compare(b.addr), strings.Compare(a.name, b.name), strings.Compare(a.vrf, b.vrf))
	})
	return all
}

// neighbors is `gobgp neighbor`. FRR counts what it accepted, so that the column of what was received says the same.
func (a *answerer) neighbors() error {
	instances, err := a.instances()
	if err != nil {
		return err
	}
	all := sessions(instances)
	switch {
	case a.JSON:
		return a.printNeighbors(all)
	case a.Quiet:
		for _, s := range all {
			a.printf("%s\n", Text(token.Canonical(s.name)))
		}
		return nil
	}
	rows := make([][4]string, 0, len(all))
	width := [3]int{0, len("AS"), len("Up/Down")}
	for _, s := range all {
		row := [4]string{Text(token.Canonical(s.name)), asNumber(s.RemoteAS), s.upDown(), shownState(string(s.State))}
		for i := range width {
			width[i] = max(width[i], len(row[i]))
		}
		rows = append(rows, row)
	}
	const format = "%-*s %*s %*s %-11s |%9s %9s\n"
	a.printf(format, width[0], "Peer", width[1], "AS", width[2], "Up/Down", "State", "#Received", "Accepted")
	for i, row := range rows {
		received := strconv.FormatInt(max(all[i].Received, 0), 10)
		a.printf(format, width[0], row[0], width[1], row[1], width[2], row[2], row[3], received, received)
	}
	return nil
}

func asNumber(n uint32) string {
	if n == 0 { // of an unnumbered neighbor that has not been found
		return "*"
	}
	return strconv.FormatUint(uint64(n), 10)
}

// upDown is for how long the session has been up, or down; "never" if it was never up.
func (p peer) upDown() string {
	if p.Established == 0 && p.State != established {
		return "never"
	}
	return since(time.UnixMilli(p.Uptime), time.UnixMilli(0))
}

const established = "Established"

// shownState is FRR's state of a session in GoBGP's words.
func shownState(state string) string {
	switch state {
	case "Idle (Admin)":
		return "Idle(Admin)"
	case "Idle (PfxCt)":
		return "Idle(PfxCt)"
	case "OpenSent":
		return "Sent"
	case "OpenConfirm":
		return "Confirm"
	case established:
		return "Establ"
	case "Clearing", "Deleted":
		return "Idle"
	}
	return state
}
