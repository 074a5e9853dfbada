// Package metrics has an agent beside real FRR say on :7473 what state each session is in, and holds the alerts and the
// dashboard of deploy/monitoring against what it says.
package metrics
