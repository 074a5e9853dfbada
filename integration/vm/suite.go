//go:build linux

package vm

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/k8frr/k8frr/integration/vm/control"
)

// Suite is a package of tests that were not written for a machine.
type Suite struct {
	Package  string   // directory in this module, such as "integration/agent"
	Run      string   // which of its tests, as for go test -run
	Programs []string // packages that the tests build by `go build -o FILE PACKAGE`, such as "cmd/k8frr-agent"
}

// Test builds a package's tests here and runs them in the machine. It returns what they printed, and an error if one of
// them, or all, did not pass.
func (m *VM) Test(ctx context.Context, s Suite) (string, error) {
	dir, err := os.MkdirTemp("", "k8frr-vm-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	for _, program := range s.Programs {
		if err := m.give(ctx, dir, "build", program, filepath.Join(control.Bin, path.Base(program))); err != nil {
			return "", err
		}
	}
	tests := "/run/k8frr-vm/" + path.Base(s.Package) + ".test"
	if err := m.give(ctx, dir, "test", s.Package, tests); err != nil {
		return "", err
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	command := control.Command{
		Argv: []string{tests, "-test.v", "-test.run", s.Run},
		Dir:  filepath.Join(root, s.Package),
		Env:  environment(),
	}
	var out bytes.Buffer
	status, err := m.run(ctx, command, &out, &out)
	if err == nil && status != 0 {
		err = fmt.Errorf("exit status %d", status)
	}
	return out.String(), err
}

// give builds a program and puts it into the machine.
func (m *VM) give(ctx context.Context, dir, what, pkg, at string) error {
	file := filepath.Join(dir, path.Base(pkg))
	if err := build(ctx, what, file, pkg); err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return m.call(ctx, "Put", control.File{Path: at, Data: data, Mode: 0o755}, &struct{}{})
}

// moduleRoot is the directory of go.mod, above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == "/" {
			return "", fmt.Errorf("the working directory is in no Go module")
		}
	}
}
