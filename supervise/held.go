package supervise

import (
	"context"
	"net/netip"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/proof"
)

// held returns the derived router ID that sessions run on, if it would change
// under them without the user having said so.
func (s *Supervisor) held(ctx context.Context, objects render.Objects, now render.RouterID) render.RouterID {
	if now.Source == render.FromSpec || s.good != nil && s.good.objects.Configuration != nil && !sameRouterID(&s.good.objects, &objects) {
		return render.RouterID{}
	}
	running, err := s.read(ctx)
	if err != nil || strings.Contains(running, "\n bgp router-id "+now.Address.String()+"\n") {
		return render.RouterID{}
	}
	id, err := netip.ParseAddr(plan.RouterID(running))
	if err != nil || id == now.Address || !s.established(ctx, running) {
		return render.RouterID{}
	}
	return render.RouterID{Address: id, Source: now.Source}
}

func sameRouterID(a, b *render.Objects) bool {
	x, y := a.Configuration.Spec.Global, b.Configuration.Spec.Global
	return x.RouterID == y.RouterID && x.RouterIDPool == y.RouterIDPool
}

// established reports whether any session is up, of the default instance or of those of VRFs, which have the same router ID.
func (s *Supervisor) established(ctx context.Context, running string) bool {
	for _, device := range instances(running) {
		summary, err := proof.Summary(ctx, s.Router, device)
		if err != nil {
			continue
		}
		for _, table := range summary {
			for _, peer := range table.Peers {
				if peer.State == status.Established {
					return true
				}
			}
		}
	}
	return false
}

// instances are the VRFs that have a BGP instance in a running configuration, "" for the default one.
func instances(running string) []string {
	devices := []string{""}
	for line := range strings.Lines(running) {
		if rest, ok := strings.CutPrefix(line, "router bgp "); ok {
			if _, device, ok := strings.Cut(strings.TrimSpace(rest), " vrf "); ok {
				device, _, _ = strings.Cut(device, " ")
				devices = append(devices, device)
			}
		}
	}
	return devices
}
