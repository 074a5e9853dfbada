//go:build linux

package controlplane

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// usage is what an agent takes.
type usage struct{ goroutines, descriptors, bytes float64 }

func (u usage) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f descriptors, %.1f MB", u.goroutines, u.descriptors, u.bytes/1e6)
}

// leaks reports whether an agent takes more than one that was started a while ago and whatever came of it may explain.
func (u usage) leaks(since usage) bool {
	return u.goroutines > since.goroutines+15 || u.descriptors > since.descriptors+15 || u.bytes > since.bytes+30e6
}

func (n *node) uses() usage {
	n.Helper()
	return usage{n.metric("go_goroutines"), n.metric("process_open_fds"), n.metric("process_resident_memory_bytes")}
}

// metric is one of the agent's; -1 if it does not answer.
func (n *node) metric(name string) float64 {
	n.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, text, err := n.Get(ctx, "http://127.0.0.1:7473/metrics")
	if err != nil {
		return -1
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		n.Fatalf("there is no metric %s", name)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	n.w.must(err)
	return v
}

// asked is how many requests the node has made, those included that the kernel refused because nobody listened.
func (n *node) asked() int {
	n.Helper()
	var text []byte
	n.w.must(n.Do(func() (err error) { text, err = os.ReadFile("/proc/thread-self/net/snmp"); return err }))
	var names []string
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] != "Tcp:" {
			continue
		}
		for i, name := range names {
			if name == "AttemptFails" {
				refused, err := strconv.Atoi(words[i])
				n.w.must(err)
				return n.wire.count() + refused
			}
		}
		names = words
	}
	n.Fatal("the kernel does not count connections that failed")
	return 0
}
