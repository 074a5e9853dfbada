// Command k8frr shows beforehand what k8frr-agent will do: it needs no cluster,
// no FRR, no Linux and no privileges.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// A command that ends within a second or two has better things to do than to
	// collect garbage, as long as there is memory.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(400 << 20)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
