package main

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what is printed into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"k8frr": main, "kubectl-k8frr": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// A script can tell a mistake of usage from one of the input.
func TestStatus(t *testing.T) {
	const configuration = `{apiVersion: bgp.purelb.io/v1, kind: BGPConfiguration, metadata: {name: default}, spec: {global: {asn: 65000}}}`
	for line, want := range map[string]int{
		"":                              statusOK,
		"version":                       statusOK,
		"render --help":                 statusOK,
		"render -f - --node n":          statusOK,
		"render -f -":                   statusFailed,
		"render -f nowhere":             statusFailed,
		"render -f - --node n --name x": statusFailed,
		"nonsense":                      statusUsage,
		"version nonsense":              statusUsage,
		"render":                        statusUsage,
		"render --nonsense":             statusUsage,
		"render -f - --frr new":         statusUsage,
		"render -f - --address x":       statusUsage,

		"render -f - --node n --templates nowhere":         statusUsage,
		"render -f - --node n --templates testdata":        statusOK,
		"render -f - --node n --templates ../../templates": statusOK, // each block by itself
	} {
		var stderr strings.Builder
		if got := run(strings.Fields(line), strings.NewReader(configuration), io.Discard, &stderr); got != want {
			t.Errorf("k8frr %s: status %d, want %d\n%s", line, got, want, stderr.String())
		}
	}
}
