//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/k8frr/k8frr/integration/apiserver"
)

// usage is what the API server, and the agents' own process, use.
type usage struct {
	at         time.Time
	cpu        float64 // of the server, in seconds
	memory     float64 // of the server, in bytes
	watches    float64
	goroutines int // of the agents
	agents     int64
}

// measure asks the server for its own metrics.
func measure(ctx context.Context, s *apiserver.Server) (usage, error) {
	u := usage{at: time.Now(), goroutines: runtime.NumGoroutine(), agents: resident()}
	config := s.Config()
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		return u, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.Host+"/metrics", nil)
	if err != nil {
		return u, err
	}
	answer, err := transport.Do(request)
	if err != nil {
		return u, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
		case name == "process_cpu_seconds_total":
			u.cpu = n
		case name == "process_resident_memory_bytes":
			u.memory = n
		case strings.HasPrefix(name, "apiserver_longrunning_requests{") && strings.Contains(name, `verb="WATCH"`):
			u.watches += n
		}
	}
	if err := lines.Err(); err != nil && err != io.EOF {
		return u, err
	}
	return u, nil
}

// resident is the memory of this process, in bytes.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
