package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
)

// machine is where figures were measured, and of what.
type machine struct {
	Date      time.Time `json:"date"`
	Commit    string    `json:"commit"`
	Cores     int       `json:"cores"`
	Processor string    `json:"processor"`
	MemoryGB  float64   `json:"memoryGB"`
	Kernel    string    `json:"kernel"`
	Go        string    `json:"go"`
	FRR       []string  `json:"frr"` // Debian's versions of the packages
}

func (m machine) String() string {
	cores := "cores"
	if m.Cores == 1 {
		cores = "core"
	}
	return fmt.Sprintf("%s, commit %s. %d %s (%s), %s GB of memory, Linux %s, %s, FRR %s.", m.Date.Format("2 January 2006, 15:04 MST"), m.Commit,
		m.Cores, cores, cmp.Or(m.Processor, runtime.GOARCH), figures.Short(m.MemoryGB), m.Kernel, m.Go, strings.Join(m.FRR, " and "))
}

// thisMachine asks around. What nobody tells stays empty.
func thisMachine(ctx context.Context) machine {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	said := func(name string, args ...string) string {
		out, err := exec.CommandContext(ctx, name, args...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	m := machine{Date: time.Now().UTC().Truncate(time.Minute), Cores: runtime.NumCPU(), Go: runtime.Version(),
		Commit: cmp.Or(said("git", "describe", "--tags", "--always", "--dirty"), "unknown"), Kernel: said("uname", "-r"),
		Processor: value("/proc/cpuinfo", "model name")}
	if kB, err := strconv.ParseFloat(strings.TrimSuffix(value("/proc/meminfo", "MemTotal"), " kB"), 64); err == nil {
		m.MemoryGB = float64(int(kB*1024/1e8+0.5)) / 10
	}
	tree := filepath.Join(cmp.Or(os.Getenv("K8FRR_CACHE"), "/var/cache/k8frr"), "trixie", "var/lib/dpkg")
	for _, admin := range []string{"/var/lib/dpkg", tree} {
		if v := said("dpkg-query", "--admindir", admin, "-W", "-f", "${Version}", "frr"); v != "" {
			m.FRR = append(m.FRR, v)
		}
	}
	return m
}

// value is that of the first line of a file with that name, after a colon.
func value(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if k, v, found := strings.Cut(line, ":"); found && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
