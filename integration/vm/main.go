//go:build linux

package vm

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm/control"
)

// Inside reports whether this process runs in a machine.
func Inside() bool {
	_, err := os.Stat(control.Marker)
	return err == nil
}

// Main runs a package's tests in a machine, with the flags of this test process, and returns their exit status. It is
// what the package's TestMain does. A profile or a coverage that the flags ask for stays in the machine.
func Main(m *testing.M) int {
	flag.Parse()
	if Inside() {
		return m.Run()
	}
	if testing.Short() {
		return 0 // a machine boots for a minute
	}
	status := 1
	err := lab.Program(func(tb lab.TB) {
		self, err := os.Executable()
		if err != nil {
			tb.Fatalf("vm: %v", err)
		}
		dir, err := os.Getwd()
		if err != nil {
			tb.Fatalf("vm: %v", err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit())
		defer cancel()
		command := control.Command{Argv: append([]string{self}, os.Args[1:]...), Dir: dir, Env: environment()}
		if status, err = Start(tb).run(ctx, command, os.Stdout, os.Stderr); err != nil {
			tb.Fatalf("vm: %v", err)
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// limit is a little longer than the tests' own, so that they can say themselves where they hang.
func limit() time.Duration {
	if f := flag.Lookup("test.timeout"); f != nil {
		if d, ok := f.Value.(flag.Getter).Get().(time.Duration); ok && d > 0 {
			return min(d+10*time.Second, lifetime)
		}
	}
	return lifetime
}

// environment is what of this process's environment is meant for tests.
func environment() []string {
	var env []string
	for _, e := range os.Environ() {
		if strings.HasPrefix(e, "K8FRR_") {
			env = append(env, e)
		}
	}
	return env
}
