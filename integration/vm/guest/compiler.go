//go:build linux

package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/k8frr/k8frr/integration/vm/control"
)

// compiler stands in for the real one, which would take minutes here: `go build -o FILE PACKAGE` gives the program that
// the host has built of that package and has put beside it.
func compiler(args []string) error {
	if len(args) != 4 || args[0] != "build" || args[1] != "-o" {
		return fmt.Errorf("go in a guest only knows `go build -o FILE PACKAGE`, not %q", args)
	}
	file, pkg := args[2], args[3]
	program, err := os.ReadFile(filepath.Join(control.Bin, path.Base(pkg)))
	if err != nil {
		return fmt.Errorf("the host has not built %s for this guest: %w", pkg, err)
	}
	return os.WriteFile(file, program, 0o755)
}
