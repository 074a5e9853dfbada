// Package gobgp runs the agent's binary under the name gobgp beside real FRR, in the words of PureLB's plugin, and
// compares what it prints with what GoBGP's own command line prints of a gobgpd with the same sessions.
package gobgp
