package figures

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestQuantile(t *testing.T) {
	r := Row{}
	for i := range 100 {
		r.Samples = append(r.Samples, float64(100-i)) // in no order that helps
	}
	for q, want := range map[float64]float64{0: 1, 0.01: 1, 0.5: 50, 0.501: 51, 0.99: 99, 1: 100} {
		if got := r.Quantile(q); got != want {
			t.Errorf("of 1 to 100, the quantile %v is %v, not %v", q, got, want)
		}
	}
	if got := (Row{Samples: []float64{7}}).Quantile(0.5); got != 7 {
		t.Errorf("of 7 alone, p50 is %v", got)
	}
	if got := (Row{}).Quantile(0.5); !math.IsNaN(got) {
		t.Errorf("of nothing, p50 is %v", got)
	}
	if r.Samples[0] != 100 {
		t.Error("the samples are in another order than before")
	}
}

func TestFile(t *testing.T) {
	rows := []Row{
		{Suite: "VIP latency", FRR: "8.4", What: "VIP add", Size: 1000, Of: "VIPs", Who: "k8frr", Unit: "ms",
			Samples: Milliseconds([]time.Duration{1500 * time.Microsecond, 2 * time.Second})},
		{Suite: "preview", What: "render", Who: "k8frr", Unit: "s"},
	}
	path := filepath.Join(t.TempDir(), "rows.json")
	if err := Write(path, rows); err != nil {
		t.Fatal(err)
	}
	read, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, read); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	if err := Write("", rows); err != nil {
		t.Errorf("to write nowhere: %v", err)
	}
	if err := os.WriteFile(path, []byte("| a table |"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), path+" holds no figures") {
		t.Errorf("a file that holds something else: %v", err)
	}
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	Print(&b, []Row{{FRR: "8.4", What: "VIP add", Size: 10000, Of: "VIPs", Who: "k8frr", Unit: "ms", Samples: []float64{40.06, 61, 1234.5}}})
	want := `| FRR | what | with | by | n | p50 | p99 | max | |
|---|---|---|---|---:|---:|---:|---:|---|
| 8.4 | VIP add | 10,000 VIPs | k8frr | 3 | 61 | 1,235 | 1,235 | ms |
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestShort(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.0456: "0.046", 0.5: "0.500", 1.234: "1.23", 12.34: "12.3", 99.96: "100.0", 123.4: "123",
		1000000: "1,000,000", -1234.5: "-1,234", 7: "7"} {
		if got := Short(f); got != want {
			t.Errorf("%v is %s, not %s", f, got, want)
		}
	}
}
