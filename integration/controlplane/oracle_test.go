//go:build linux

package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/status"
)

// carries is what kube-lb0 of a node carries now: what should be announced.
func (n *node) carries() (map[netip.Prefix]bool, error) {
	carried := map[netip.Prefix]bool{}
	err := n.Do(func() error {
		link, err := netlink.LinkByName(kubeLB)
		if err != nil {
			return err
		}
		addresses, err := netlink.AddrList(link, netlink.FAMILY_V4)
		for _, a := range addresses {
			ip, _ := netip.AddrFromSlice(a.IP.To4())
			bits, _ := a.Mask.Size()
			carried[netip.PrefixFrom(ip, bits).Masked()] = true
		}
		return err
	})
	return carried, err
}

// wrong says in what something is not as it should be now; nil if nothing is.
func (w *world) amiss() error {
	ctx, cancel := context.WithTimeout(w.Context(), 10*time.Second)
	defer cancel()
	c, err := w.admin.BGPConfigurations(namespace).Get(ctx, "default", metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, n := range w.nodes {
		if err := errors.Join(n.unheard(), n.untrue(ctx, c.Generation)); err != nil {
			return fmt.Errorf("%s: %w", n.Host.Name, err)
		}
	}
	s := c.Status
	if s.ObservedGeneration != c.Generation || !meta.IsStatusConditionTrue(s.Conditions, status.Ready) || s.Rollout != "2/2" || s.Sessions != "6/6" {
		return fmt.Errorf("the configuration, of generation %d, says of %d: rollout %s, sessions %s, %s", c.Generation, s.ObservedGeneration, s.Rollout, s.Sessions, s.Message)
	}
	return w.led(ctx)
}

// unheard says how what the routers hear of a node differs from what it carries.
func (n *node) unheard() error {
	carried, err := n.carries()
	if err != nil {
		return err
	}
	for i, r := range n.w.routers {
		var differences []string
		announced := n.hears(i).Announced()
		for p := range carried {
			if _, ok := announced[p]; !ok {
				differences = append(differences, "lacks "+p.String())
			}
		}
		for p := range announced {
			if !carried[p] {
				differences = append(differences, "has "+p.String()+" too much")
			}
		}
		if len(differences) > 0 {
			slices.Sort(differences)
			return fmt.Errorf("%s %s", r.address, strings.Join(differences, ", "))
		}
	}
	return nil
}

// untrue says what the node's object has wrong, when a generation is declared.
func (n *node) untrue(ctx context.Context, generation int64) error {
	object, err := n.w.admin.BGPNodeStatuses().Get(ctx, n.Host.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	node, err := n.w.admin.Nodes().Get(ctx, n.Host.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	carried, err := n.carries()
	if err != nil {
		return err
	}
	s := &object.Status
	applied, ready := meta.FindStatusCondition(s.Conditions, status.ConfigurationApplied), meta.FindStatusCondition(s.Conditions, status.Ready)
	switch {
	case len(object.OwnerReferences) != 1 || object.OwnerReferences[0].UID != node.UID:
		return fmt.Errorf("its status belongs to %v, and not to the Node %s", object.OwnerReferences, node.UID)
	case applied == nil || applied.Status != metav1.ConditionTrue || applied.ObservedGeneration != generation:
		return fmt.Errorf("its status does not say that generation %d runs: %+v", generation, applied)
	case ready == nil || ready.Status != metav1.ConditionTrue || !s.Healthy:
		return fmt.Errorf("its status does not say that it is healthy: %+v", ready)
	case s.EstablishedCount != int32(len(n.w.routers)) || s.NeighborCount != int32(len(n.w.routers)):
		return fmt.Errorf("its status has %d of %d sessions", s.EstablishedCount, s.NeighborCount)
	case s.NetlinkImport == nil || int(s.NetlinkImport.TotalImported) != len(carried):
		return fmt.Errorf("its status has not the %d addresses that it carries: %+v", len(carried), s.NetlinkImport)
	case s.LastUpdated == nil || time.Since(s.LastUpdated.Time).Abs() > heartbeat+2*time.Second:
		return fmt.Errorf("its status is of %v", s.LastUpdated)
	}
	for _, a := range s.NetlinkImport.ImportedAddresses {
		if p, err := netip.ParsePrefix(a.Address); err != nil || !carried[p.Masked()] || !a.InRIB {
			return fmt.Errorf("its status says %+v", a)
		}
	}
	return nil
}

// led says in what the Lease is not held by one agent, that knows it.
func (w *world) led(ctx context.Context) error {
	lease, err := w.leases.Leases(namespace).Get(ctx, leaseName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if lease.Spec.HolderIdentity == nil || lease.Spec.RenewTime == nil {
		return errors.New("nobody holds the Lease")
	}
	if age := time.Since(lease.Spec.RenewTime.Time); age.Abs() > 2*leaseLasts {
		return fmt.Errorf("the Lease was renewed %v ago", age)
	}
	leaders := 0
	for _, n := range w.nodes {
		leads := n.metric("k8frr_leader") == 1
		if leads != (*lease.Spec.HolderIdentity == n.Host.Name) {
			return fmt.Errorf("the Lease is held by %s; that %s leads is %v", *lease.Spec.HolderIdentity, n.Host.Name, leads)
		}
		if leads {
			leaders++
		}
	}
	if leaders != 1 {
		return fmt.Errorf("the Lease is held by %s, and %d agents lead", *lease.Spec.HolderIdentity, leaders)
	}
	return nil
}
