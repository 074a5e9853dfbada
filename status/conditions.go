package status

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// conditions are Ready and what it follows from. Each message that is not one of success tells what to do.
func (b *builder) conditions(s v1.BGPNodeStatusData, meantDown []bool) []metav1.Condition {
	parts := []metav1.Condition{
		b.frrReachable(),
		b.configurationApplied(),
		b.routerIDResolved(),
		b.neighborsConfigured(),
		b.importHealthy(s.NetlinkImport),
		b.exportHealthy(s.NetlinkExport),
	}
	all := append([]metav1.Condition{b.ready(s, meantDown, parts)}, parts...)
	for i := range all {
		c := &all[i]
		c.ObservedGeneration = b.Applied.Wanted // what the condition judges, whether it runs or not
		c.LastTransitionTime = metav1.NewTime(b.Now.Truncate(time.Second))
		for _, p := range b.Previous.Conditions {
			if p.Type == c.Type && p.Status == c.Status {
				c.LastTransitionTime = p.LastTransitionTime
			}
		}
	}
	return all
}

func holds(kind, reason, format string, args ...any) metav1.Condition {
	return metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func fails(kind, reason, format string, args ...any) metav1.Condition {
	return metav1.Condition{Type: kind, Status: metav1.ConditionFalse, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func unknown(kind, format string, args ...any) metav1.Condition {
	return metav1.Condition{Type: kind, Status: metav1.ConditionUnknown, Reason: ReasonNotKnown, Message: fmt.Sprintf(format, args...)}
}

// ready is true if all parts are and every session is up that should be.
func (b *builder) ready(s v1.BGPNodeStatusData, meantDown []bool, parts []metav1.Condition) metav1.Condition {
	if b.Shutdown {
		return fails(Ready, ReasonAgentShutdown,
			"The agent has ended. FRR keeps what it runs; this status says what was so at the end.")
	}
	var problems, down []string
	for i, n := range s.Neighbors {
		if n.State != Established && !meantDown[i] {
			down = append(down, n.Address)
		}
	}
	for _, p := range parts {
		if p.Status != metav1.ConditionTrue {
			problems = append(problems, p.Type+": "+p.Message)
		}
	}
	if len(down) > 0 {
		problems = append(problems, fmt.Sprintf("%d of %d sessions not established: %s; lastError of the neighbor says why.",
			len(down), len(s.Neighbors), list(down)))
	}
	if len(problems) > 0 {
		return fails(Ready, ReasonDegraded, "%s", strings.Join(problems, " "))
	}
	return holds(Ready, ReasonAllHealthy, "Everything that is configured works.")
}

// needed are the daemons without which nothing is announced. 10.x has mgmtd too, without which nothing can be changed.
var needed = []string{"bgpd", "staticd", "zebra"}

// frrReachable tells an FRR that is not there, a daemon that is dead, and one that hangs or is not understood.
func (b *builder) frrReachable() metav1.Condition {
	const container = "Check that its container runs and shares its socket directory with the agent."
	reason := ReasonNotRunning
	var problems []string
	for _, daemon := range needed {
		if _, ok := b.FRR.Daemons[daemon]; !ok && b.FRR.Daemons != nil {
			problems = append(problems, daemon+" has no socket")
		}
	}
	if len(problems) == len(needed) {
		return fails(FRRReachable, ReasonUnreachable, "There is no FRR: none of its daemons has a socket. "+container)
	}
	for _, daemon := range slices.Sorted(maps.Keys(b.FRR.Daemons)) {
		err := b.FRR.Daemons[daemon]
		if err != nil && (daemon == "mgmtd" || slices.Contains(needed, daemon)) {
			problems = append(problems, err.Error())
			if not := NotRunning(nil); !errors.As(err, &not) {
				reason = ReasonNotAnswering
			}
		}
	}
	switch {
	case len(problems) > 0:
		return fails(FRRReachable, reason, "FRR does not answer: %s. "+container, strings.Join(problems, "; "))
	case b.FRR.Err != nil && b.FRR.Daemons == nil:
		return fails(FRRReachable, ReasonUnreachable, "FRR cannot be reached: %s. "+container, strings.TrimSuffix(b.FRR.Err.Error(), "."))
	case b.FRR.Err != nil:
		return fails(FRRReachable, ReasonScrapeFailed, "FRR cannot be asked: %s.", strings.TrimSuffix(b.FRR.Err.Error(), "."))
	case b.Snapshot == nil:
		return unknown(FRRReachable, "FRR has not been asked yet.")
	case len(b.Snapshot.unread()) > 0:
		return fails(FRRReachable, ReasonScrapeFailed, "Part of FRR's answers cannot be parsed, the rest is reported: %s.", b.Snapshot.unread().Error())
	}
	return holds(FRRReachable, ReasonAnswering, "All daemons answer.")
}

// neighborsConfigured is false if the configuration runs but for neighbors that FRR cannot get.
func (b *builder) neighborsConfigured() metav1.Condition {
	omissions := b.omissions()
	if len(omissions) == 0 {
		return holds(NeighborsConfigured, ReasonAllConfigured, "FRR has every neighbor that is declared for this node.")
	}
	reason := ReasonLeftOut
	var all []string
	for _, n := range omissions {
		if n.Reason == "SecretMissing" {
			reason = ReasonSecretMissing
		}
		all = append(all, strings.TrimSuffix(n.String(), "."))
	}
	return fails(NeighborsConfigured, reason, "%s.", list(all))
}

func (b *builder) configurationApplied() metav1.Condition {
	a := b.Applied
	if a.Outcome == OutcomeApplied {
		message := fmt.Sprintf("Generation %d runs.", a.Generation)
		for _, n := range a.Notes {
			message += fmt.Sprintf(" Note: %s.", strings.TrimSuffix(n.String(), "."))
		}
		return holds(ConfigurationApplied, string(OutcomeApplied), "%s", message)
	}
	if a.Outcome == "" {
		a.Outcome = OutcomePending
	}
	message := strings.TrimSuffix(a.Message, ".")
	if message == "" {
		message = map[Outcome]string{
			OutcomePending:         "The configuration is being applied",
			OutcomeNoConfiguration: "There is no BGPConfiguration for this node: create one named default in the agent's namespace",
		}[a.Outcome]
	}
	if message == "" {
		message = fmt.Sprintf("Generation %d is not applied", a.Wanted)
	}
	if a.Outcome == OutcomeRefusedInPart {
		message = fmt.Sprintf("Generation %d runs in part: %s", a.Generation, message)
	} else if a.Generation != 0 {
		message += fmt.Sprintf(". Generation %d keeps running", a.Generation)
		if a.Wanted != 0 && a.Wanted != a.Generation {
			message += fmt.Sprintf(" instead of generation %d", a.Wanted)
		}
	}
	return fails(ConfigurationApplied, string(a.Outcome), "%s.", message)
}

func (b *builder) routerIDResolved() metav1.Condition {
	id := b.config.RouterID
	switch pending := b.config.PendingRouterID; {
	case b.Applied.Outcome == OutcomeRouterIDUnresolved:
		return fails(RouterIDResolved, ReasonResolutionFailed, "%s.", strings.TrimSuffix(b.Applied.Message, "."))
	case !id.IsValid():
		return unknown(RouterIDResolved, "No configuration runs that needs a router ID.")
	case pending.IsValid():
		return holds(RouterIDResolved, ReasonResolved, "%s (%s) stays while sessions run on it; the node now implies %s (%s).",
			id.Address, id.Source, pending.Address, pending.Source)
	}
	return holds(RouterIDResolved, ReasonResolved, "%s (%s).", id.Address, id.Source)
}

func (b *builder) importHealthy(s *v1.NetlinkImportStatus) metav1.Condition {
	if !s.Enabled {
		return holds(ImportHealthy, ReasonNotEnabled, "netlinkImport is not enabled.")
	}
	if b.Snapshot == nil {
		return unknown(ImportHealthy, "FRR does not answer, so nobody knows what it announces.")
	}
	var absent []string
	for _, i := range s.Interfaces {
		switch {
		case !i.Exists:
			absent = append(absent, i.Name+" does not exist")
		case i.OperState != "up":
			absent = append(absent, i.Name+" is down")
		}
	}
	if len(absent) > 0 {
		return fails(ImportHealthy, ReasonInterfaceUnavailable,
			"Nothing is announced of interfaces that are not up: %s. Check what makes the interface (PureLB makes kube-lb0).", list(absent))
	}
	if missing := b.missing(s); len(missing) > 0 {
		return fails(ImportHealthy, ReasonNotInBGP, "Not in BGP: %s. Check the condition ConfigurationApplied and the log of the agent.",
			list(missing))
	}
	if n := len(slices.DeleteFunc(slices.Clone(s.ImportedAddresses), func(a v1.ImportedAddress) bool { return a.InRIB })); n > 0 {
		return holds(ImportHealthy, ReasonAllInBGP, "Of %d addresses, %d are new and on their way into BGP.", s.TotalImported, n)
	}
	return holds(ImportHealthy, ReasonAllInBGP, "All %d addresses are in BGP.", s.TotalImported)
}

// missing are the addresses that should be in BGP by now. One that the last status did not have yet is on its way, and of
// one that bgpd has not been asked about nothing is known.
func (b *builder) missing(s *v1.NetlinkImportStatus) []string {
	late := map[v1.ImportedAddress]bool{}
	if p := b.Previous.NetlinkImport; p != nil {
		for _, a := range p.ImportedAddresses {
			late[v1.ImportedAddress{Address: a.Address, VRF: a.VRF}] = true
		}
	}
	var missing []string
	for _, i := range b.config.Instances() {
		answers := b.Snapshot.instance(i.Device).Prefixes
		for _, a := range s.ImportedAddresses {
			if a.InRIB || a.VRF != i.VRF || !late[v1.ImportedAddress{Address: a.Address, VRF: a.VRF}] {
				continue
			}
			p, err := netip.ParsePrefix(a.Address)
			if _, asked := answers[p.Masked()]; err == nil && asked {
				missing = append(missing, a.Address)
			}
		}
	}
	return missing
}

func (b *builder) exportHealthy(s *v1.NetlinkExportStatus) metav1.Condition {
	switch {
	case !s.Enabled:
		return holds(ExportHealthy, ReasonNotEnabled, "netlinkExport is not enabled.")
	case b.Snapshot == nil:
		return unknown(ExportHealthy, "FRR does not answer, so nobody knows what it installs.")
	case b.Snapshot.Kernel == nil:
		return unknown(ExportHealthy, "The kernel has not been asked for its routes.")
	}
	if missing := b.uninstalled(s); len(missing) > 0 {
		return fails(ExportHealthy, ReasonNotInstalled, "The rules select routes that the kernel does not have: %s.", list(missing))
	}
	return holds(ExportHealthy, ReasonAllInstalled, "The kernel has the routes that the rules select.")
}

// uninstalled are the selected routes that the kernel should have by now. One that the last status did not have yet is on
// its way, and where the node has a better route, all is well.
func (b *builder) uninstalled(s *v1.NetlinkExportStatus) []string {
	late := map[string]bool{}
	if p := b.Previous.NetlinkExport; p != nil {
		for _, r := range p.ExportedRoutes {
			late[r.Prefix] = !r.Installed
		}
	}
	var missing []string
	for _, r := range s.ExportedRoutes {
		p, err := netip.ParsePrefix(r.Prefix)
		if !r.Installed && late[r.Prefix] && (err != nil || !b.Snapshot.Prefixes[p].outranked()) {
			missing = append(missing, fmt.Sprintf("%s (%s)", r.Prefix, r.Reason))
		}
	}
	return missing
}

// list names a few and counts the rest.
func list(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
