// Package figures is what benchmarks measure, as rows of which one report is made.
package figures

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"time"
)

// Row is the samples of one figure.
type Row struct {
	// Suite is the benchmark that took them, as "VIP latency".
	Suite string `json:"suite"`
	// FRR is the version that ran, as "8.4"; "" where none did.
	FRR string `json:"frr,omitempty"`
	// What was measured, as "VIP add".
	What string `json:"what"`
	// Size is how many there were meanwhile of what Of names, as 1,000 "VIPs".
	Size int    `json:"size"`
	Of   string `json:"of,omitempty"`
	// Who did it: k8frr, or who stands beside it.
	Who string `json:"who"`
	// Unit is the samples': ms, s, MB, % of a core, 1/s.
	Unit    string    `json:"unit"`
	Samples []float64 `json:"samples"`
}

// Milliseconds turns durations into samples.
func Milliseconds(durations []time.Duration) []float64 {
	samples := make([]float64, len(durations))
	for i, d := range durations {
		samples[i] = float64(d) / float64(time.Millisecond)
	}
	return samples
}

// Quantile is the smallest sample that at least the share q of all does not exceed; NaN of none.
func (r Row) Quantile(q float64) float64 {
	if len(r.Samples) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(r.Samples))
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}

// Write writes rows to a file, as a JSON array. An empty path writes nothing.
func Write(path string, rows []Row) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return fmt.Errorf("figures cannot be written as JSON: %w", err)
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Read reads what Write wrote.
func Read(path string) ([]Row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []Row
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, fmt.Errorf("%s holds no figures: %w", path, err)
	}
	return rows, nil
}
