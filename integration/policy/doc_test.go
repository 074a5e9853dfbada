//go:build linux

// Package policy proves on the wire that compiled policies do what GoBGP does:
// FRR 8.4, FRR 10.3 and GoBGP get the same policy and the same routes, and what
// a neighbor then hears of them must be the same.
package policy
