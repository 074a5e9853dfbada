//go:build linux

package vrf

import (
	"fmt"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// reports waits until the status says so of the node's two neighbors, and returns it.
func (n *node) reports(what string, so func(v1.BGPNodeStatusData) bool) (s v1.BGPNodeStatusData) {
	n.Helper()
	n.Until(what, func() bool {
		report, err := n.Report()
		s = report.Status
		return err == nil && len(s.Neighbors) == 2 && len(s.VRFs) == 1 && so(s)
	}, func() any { return fmt.Sprintf("%+v", s) })
	return s
}

// reportsBlue waits until the status has what is in VRF blue: the session, its routes, and those that the kernel has.
func (n *node) reportsBlue(received int64, imported, exported int32) {
	n.Helper()
	n.reports("the VRF in the status", func(s v1.BGPNodeStatusData) bool {
		session, vrf := s.Neighbors[1], s.VRFs[0]
		return session.VRF == "blue" && session.State == "Established" && session.PrefixesReceived == received && s.Neighbors[0].VRF == "" &&
			s.EstablishedCount == 2 && vrf.ImportedRouteCount == imported && vrf.ExportedRouteCount == exported
	})
}

// holds makes sure that the session in VRF blue alone keeps the router ID that the node's address does not imply any more.
func (n *node) holds(outside *listener.Listener) {
	n.Helper()
	outside.Close()
	before := n.reports("only the session in the VRF", func(s v1.BGPNodeStatusData) bool { return s.EstablishedCount == 1 && s.Neighbors[0].LastError != "" })
	n.Write("node.yaml", fmt.Sprintf("apiVersion: v1\nkind: Node\nmetadata: {name: %s}\nstatus: {addresses: [{type: InternalIP, address: 10.1.0.77}]}\n", n.Host.Name))
	after := n.reports("another router ID is pending", func(s v1.BGPNodeStatusData) bool { return s.PendingRouterID == "10.1.0.77" })
	if now := after.Neighbors[1]; after.RouterID != "10.1.0.2" || now.State != "Established" || !now.SessionUpSince.Equal(before.Neighbors[1].SessionUpSince) {
		n.Errorf("the router ID is %s; the session was %+v, and is %+v", after.RouterID, before.Neighbors[1], now)
	}
}

// reportsVIP waits until the status has an address in VRF blue, and its route.
func (n *node) reportsVIP(address string) {
	n.Helper()
	n.reports("the VIP in the VRF", func(s v1.BGPNodeStatusData) bool {
		imported, local := false, false
		for _, a := range s.NetlinkImport.ImportedAddresses {
			imported = imported || a == v1.ImportedAddress{Address: address, Interface: "lb-blue", VRF: "blue", InRIB: true}
		}
		for _, r := range s.RIB.LocalRoutes {
			local = local || r.VRF == "blue"
		}
		return imported && local
	})
}
