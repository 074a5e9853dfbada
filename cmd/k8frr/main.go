// Command k8frr shows beforehand what k8frr-agent will do: it needs no cluster,
// no FRR, no Linux and no privileges.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
