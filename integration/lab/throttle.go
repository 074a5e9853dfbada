//go:build linux

package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// period is how often a throttled process gets its share.
const period = 100 * time.Millisecond

// Throttle gives processes that share of one core together until the test ends: by a CPU quota of cgroup v2 or v1 or,
// where neither can be made, by stopping them for the rest of each period.
func (h *Host) Throttle(percent int, names ...string) {
	tb := h.lab.tb
	tb.Helper()
	var processes []*Process
	for _, name := range names {
		if p := h.Process(name); p != nil {
			processes = append(processes, p)
		}
	}
	quota := period * time.Duration(percent) / 100
	group := h.lab.id
	for root, limits := range map[string]map[string]string{
		"/sys/fs/cgroup":     {"cpu.max": fmt.Sprint(quota.Microseconds(), " ", period.Microseconds())},
		"/sys/fs/cgroup/cpu": {"cpu.cfs_period_us": fmt.Sprint(period.Microseconds()), "cpu.cfs_quota_us": fmt.Sprint(quota.Microseconds())},
	} {
		if confined(filepath.Join(root, group), limits, processes) == nil {
			tb.Cleanup(func() { release(root, group, processes) })
			tb.Logf("%v have %d %% of a core: %s/%s", names, percent, root, group)
			return
		}
		release(root, group, processes)
	}
	tb.Logf("%v have %d %% of a core: they are stopped for the rest of the time", names, percent)
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() { dutyCycle(stop, quota, processes) })
	tb.Cleanup(func() { close(stop); done.Wait() })
}

// confined makes a control group with limits, and moves processes to it.
func confined(dir string, limits map[string]string, processes []*Process) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for file, value := range limits {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0); err != nil {
			return err
		}
	}
	for _, p := range processes {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(p.PID())), 0); err != nil {
			return err
		}
	}
	return nil
}

// release moves the processes that live back, and removes the group.
func release(root, group string, processes []*Process) {
	for _, p := range processes {
		_ = os.WriteFile(filepath.Join(root, "cgroup.procs"), []byte(strconv.Itoa(p.PID())), 0)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err := os.Remove(filepath.Join(root, group)); err == nil || os.IsNotExist(err) {
			return
		}
	}
}

func dutyCycle(stop <-chan struct{}, runs time.Duration, processes []*Process) {
	signal := func(sig syscall.Signal) {
		for _, p := range processes {
			_ = p.Signal(sig)
		}
	}
	for {
		signal(syscall.SIGCONT)
		time.Sleep(runs)
		select {
		case <-stop:
			return
		default:
		}
		signal(syscall.SIGSTOP)
		select {
		case <-stop:
			signal(syscall.SIGCONT)
			return
		case <-time.After(period - runs):
		}
	}
}
