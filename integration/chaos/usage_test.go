//go:build linux

package chaos

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// usage is what an agent takes.
type usage struct{ goroutines, descriptors, bytes float64 }

func (u usage) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f descriptors, %.1f MB", u.goroutines, u.descriptors, u.bytes/1e6)
}

// uses asks the agent's metrics.
func (n *node) uses() usage {
	n.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	_, text, err := n.Get(ctx, "http://127.0.0.1:7473/metrics")
	if err != nil {
		n.Fatal(err)
	}
	value := func(name string) float64 {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
		if m == nil {
			n.Fatalf("there is no metric %s", name)
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			n.Fatal(err)
		}
		return v
	}
	return usage{value("go_goroutines"), value("process_open_fds"), value("process_resident_memory_bytes")}
}

// leaks reports whether an agent takes more than one that has just been started and whatever came of it may explain.
func (u usage) leaks(since usage) bool {
	return u.goroutines > since.goroutines+15 || u.descriptors > since.descriptors+15 || u.bytes > since.bytes+40e6
}
