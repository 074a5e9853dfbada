package status

import (
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Observation is everything that the status of a node follows from.
type Observation struct {
	Now  time.Time
	Node string
	// Previous is the status that was last written, nil if none was. Conditions keep their time of transition from it,
	// and sessions the time since which they are up.
	Previous *v1.BGPNodeStatusData
	// AgentVersion is the version of k8frr, FRRVersion that of the FRR beside it.
	AgentVersion, FRRVersion string
	// Declared is what is wanted; nil if nothing is.
	Declared *v1.BGPConfiguration
	// Config is the configuration that runs; nil if none does yet.
	Config *render.Config
	// Links are the interfaces that the import patterns match.
	Links   []render.Link
	Applied Applied
	FRR     FRR
	// Snapshot is what bgpd said; nil if it could not be asked.
	Snapshot *Snapshot
	// Shutdown says that the agent is about to end.
	Shutdown bool
}

// NotRunning is implemented by the errors of FRR.Daemons that mean that nobody listens at the daemon's socket: its process has
// ended. Any other error is of a daemon that runs and does not answer.
type NotRunning interface {
	error
	NotRunning()
}

// FRR reports whether FRR can be spoken to.
type FRR struct {
	// Daemons are those that have a socket, each with why it does not answer, nil if it does.
	Daemons map[string]error
	// Err is why there are no daemons, or no snapshot, beyond what their own errors say.
	Err error
}

// Applied is what became of the declared configuration.
type Applied struct {
	// Generation is the one that runs, 0 if none does; Wanted is the one that is declared.
	Generation, Wanted int64
	Outcome            Outcome
	// Message is a sentence for everything but success: the field, what FRR said.
	Message string
	// Notes are about parts of the configuration that have no effect.
	Notes []render.Note
	// LeftOut are the parts that FRR refuses and that the configuration runs without.
	LeftOut []LeftOut
	// Hash identifies the frr.conf that runs.
	Hash string
	// Plan is the last that had steps; nil if none had.
	Plan *Plan
}

// LeftOut is a part of the declared configuration that FRR refuses.
type LeftOut struct {
	// Field is the one that it comes from; "" for one of a template.
	Field string
	// Part is what FRR calls it: neighbor 192.0.2.1.
	Part string
	// Instead is what runs in its place: Nothing, Previous or RejectAll.
	Instead string
	// Message is what FRR said.
	Message string
}

// Plan is how FRR was brought to a configuration. The mirroring of addresses is none.
type Plan struct {
	// At is when it ended, and Took how long it took, checking and reading back included.
	At   time.Time
	Took time.Duration
	// Steps is the number of commands, Resets the neighbors whose sessions it reset,
	// Removed those whose sessions it ended because they are not wanted any more.
	Steps   int
	Resets  []string
	Removed []string
	Result  PlanResult
}

// PlanResult is how a plan ended.
type PlanResult string

// How a plan can end.
const (
	PlanApplied    PlanResult = "Applied"
	PlanRolledBack PlanResult = "RolledBack" // FRR runs what it ran before
	PlanFailed     PlanResult = "Failed"     // it is not known what FRR runs
)

// Outcome is the reason of the condition ConfigurationApplied.
type Outcome string

// What can become of a declared configuration.
const (
	// OutcomeApplied: FRR runs it, as read back from FRR.
	OutcomeApplied Outcome = "Applied"
	// OutcomePending: it is being applied.
	OutcomePending Outcome = "Pending"
	// OutcomeNoConfiguration: nothing is declared.
	OutcomeNoConfiguration Outcome = "NoConfiguration"
	// OutcomeInvalid: it cannot be rendered.
	OutcomeInvalid Outcome = "ConfigurationInvalid"
	// OutcomeRouterIDUnresolved: it cannot be rendered for lack of a router ID.
	OutcomeRouterIDUnresolved Outcome = "RouterIDUnresolved"
	// OutcomeRefused: FRR does not take it.
	OutcomeRefused Outcome = "RefusedByFRR"
	// OutcomeRefusedInPart: FRR does not take a part, and runs the rest.
	OutcomeRefusedInPart Outcome = "RefusedInPart"
	// OutcomeFRRUnreachable: FRR cannot be told.
	OutcomeFRRUnreachable Outcome = "FRRUnreachable"
)

// Types of conditions.
const (
	Ready                = "Ready"
	FRRReachable         = "FRRReachable"
	ConfigurationApplied = "ConfigurationApplied"
	RouterIDResolved     = "RouterIDResolved"
	NeighborsConfigured  = "NeighborsConfigured"
	ImportHealthy        = "ImportHealthy"
	ExportHealthy        = "ExportHealthy"
)

// Reasons of conditions, besides the Outcomes.
const (
	ReasonAllHealthy           = "AllHealthy"
	ReasonDegraded             = "Degraded"
	ReasonAgentShutdown        = "AgentShutdown"
	ReasonAnswering            = "Answering"
	ReasonUnreachable          = "Unreachable"  // there is no FRR to be seen
	ReasonNotRunning           = "NotRunning"   // a daemon is dead
	ReasonNotAnswering         = "NotAnswering" // a daemon hangs
	ReasonScrapeFailed         = "ScrapeFailed"
	ReasonResolved             = "Resolved"
	ReasonResolutionFailed     = "ResolutionFailed"
	ReasonAllConfigured        = "AllConfigured"
	ReasonSecretMissing        = "SecretMissing"
	ReasonLeftOut              = "LeftOut"
	ReasonNotEnabled           = "NotEnabled"
	ReasonAllInBGP             = "AllInBGP"
	ReasonInterfaceUnavailable = "InterfaceUnavailable"
	ReasonNotInBGP             = "NotInBGP"
	ReasonAllInstalled         = "AllInstalled"
	ReasonNotInstalled         = "NotInstalled"
	ReasonNotKnown             = "NotKnown"
)
