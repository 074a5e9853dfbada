//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

var agent string

func TestMain(m *testing.M) { os.Exit(lab.WithAgent(&agent, m.Run)) }

// What is measured in an hour can be measured in seconds, of less: every figure is there, and can be true.
func TestSmall(t *testing.T) {
	b := bench{agent: agent, rest: time.Second, vips: 50, routes: 1000, neighbors: answering + 8, starts: 1}
	var loads []load
	for _, l := range b.loads() {
		if !l.cluster { // an API server takes longer than all the rest
			loads = append(loads, l)
		}
	}
	for i, v := range lab.Versions {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var rows []figures.Row
			for n, l := range loads {
				if n%len(lab.Versions) == i { // each on one version
					rows = append(rows, b.measure(t, v, l)...)
				}
			}
			if i == 0 {
				rows = append(rows, b.start(t, v)...)
			}
			path := filepath.Join(t.TempDir(), "rows.json")
			if err := figures.Write(path, rows); err != nil {
				t.Fatal(err)
			}
			read, err := figures.Read(path)
			if err != nil || len(read) < 8 {
				t.Fatalf("%d rows are read back: %v", len(read), err)
			}
			for _, r := range read {
				least, most := 1.0, 500.0 // MB
				switch {
				case r.Unit == "ms":
					least, most = 10, 60_000
				case strings.HasPrefix(r.Unit, "%"):
					least, most = 0, 200
				}
				if len(r.Samples) == 0 || r.Quantile(0) < least || r.Quantile(1) > most || r.FRR != v.Name || r.Who == "" {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}
