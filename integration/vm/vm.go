//go:build linux

package vm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/rpc"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

const (
	// patience is how long a machine may take to boot or to answer: many times of what it does, since this machine may be busy.
	patience = 8 * time.Minute
	// lifetime is how long a machine may live, whatever happens.
	lifetime = 20 * time.Minute
)

// VM is a running machine.
type VM struct {
	tb    lab.TB
	qemu  *qemu
	guest *rpc.Client
}

// Start boots a machine that lives until the test's Cleanup.
func Start(tb lab.TB) *VM {
	tb.Helper()
	if t, ok := tb.(testing.TB); ok && lab.Short() {
		t.Skip("boots a machine; not run with -short")
	}
	m := &VM{tb: tb}
	began := time.Now()
	if err := m.boot(); err != nil {
		tb.Fatalf("vm: cannot start: %v", err)
	}
	tb.Cleanup(m.close)
	tb.Logf("vm: booted in %v", time.Since(began).Round(time.Millisecond))
	return m
}

func (m *VM) boot() error {
	if os.Geteuid() != 0 {
		return errors.New("the files that a machine sees need root: run the tests as root")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	k, err := findKernel()
	if err != nil {
		return err
	}
	initramfs, err := makeInitramfs(ctx, k)
	if err != nil {
		return err
	}
	defer initramfs.Close()
	if m.qemu, err = startQEMU(k, initramfs); err != nil {
		return err
	}
	m.guest = rpc.NewClient(m.qemu.port)
	if err := m.call(ctx, "Hello", struct{}{}, &struct{}{}); err != nil {
		m.qemu.kill()
		return fmt.Errorf("it does not boot: %w", err)
	}
	return nil
}

// close switches the machine off.
func (m *VM) close() {
	m.tb.Helper()
	m.qemu.kill()
	m.guest.Close()
	if m.tb.Failed() {
		m.tb.Logf("--- vm: end of the console\n%s", m.qemu.console.tail())
	}
}

// call calls a method of the guest's until it answers or ctx ends.
func (m *VM) call(ctx context.Context, method string, argument, answer any) error {
	call := m.guest.Go("Guest."+method, argument, answer, make(chan *rpc.Call, 1))
	var err error
	select {
	case <-call.Done:
		var refused rpc.ServerError
		if err = call.Error; err == nil || errors.As(err, &refused) {
			return err
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	return fmt.Errorf("the machine does not answer (%w); its console ends:\n%s", err, m.qemu.console.tail())
}

// kernel is what integration/setup.sh has prepared.
type kernel struct {
	image   string   // path of vmlinux
	modules string   // directory with its modules
	boot    []string // paths of the modules that the guest needs first, in order
}

func findKernel() (kernel, error) {
	dir := filepath.Join(cmp.Or(os.Getenv("K8FRR_CACHE"), "/var/cache/k8frr"), "vm")
	k := kernel{image: filepath.Join(dir, "vmlinux")}
	modules, err := filepath.Glob(filepath.Join(dir, "lib/modules/*"))
	if err != nil {
		return k, err
	}
	list, err := os.ReadFile(filepath.Join(dir, "boot"))
	if err != nil || len(modules) != 1 {
		return k, fmt.Errorf("there is no kernel in %s: run integration/setup.sh vm", dir)
	}
	k.modules = modules[0]
	for _, path := range lines(list) {
		k.boot = append(k.boot, filepath.Join(dir, path))
	}
	return k, nil
}
