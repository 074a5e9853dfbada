package main

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8frr/k8frr/integration/figures"
)

var update = flag.Bool("update", false, "write the golden files")

// some are rows of every suite, as if all were measured.
func some() []figures.Row {
	var rows []figures.Row
	row := func(suite, frr, what string, size int, of, who, unit string, p50 float64) {
		r := figures.Row{Suite: suite, FRR: frr, What: what, Size: size, Of: of, Who: who, Unit: unit}
		for i := range 20 {
			r.Samples = append(r.Samples, p50*(1+float64(i-9)/40))
		}
		rows = append(rows, r)
	}
	for v, frr := range []string{"8.4", "10.3"} {
		for s, size := range []int{0, 1000, 10000} {
			for w, what := range []string{"VIP add", "VIP remove", "VIP move", "burst of 1000 adds"} {
				base := float64(20 * (1 + v) * (1 + s) * (1 + w))
				row("VIP latency", frr, what, size, "VIPs", native, "ms", base)
				row("VIP latency", frr, what, size, "VIPs", "k8frr", "ms", base*(1+float64(s)/20))
				row("VIP latency", frr, what, size, "VIPs", vtysh, "ms", base*1.7)
				row("VIP latency", frr, what, size, "VIPs", "frr-reload.py", "ms", base*40)
				if size == 1000 {
					row("VIP latency", frr, what, size, "VIPs", "frr-reload.py, debounced", "ms", 3000+base*40)
				}
			}
		}
		row("cost", frr, "idle, told by files: resident memory", 0, "", "k8frr", "MB", 27)
		row("cost", frr, "idle, told by files: processor", 0, "", "k8frr", "% of a core", 0.2)
		row("cost", frr, "resident memory", 10000, "VIPs", "k8frr", "MB", 61)
		row("applying", frr, "100 neighbors, 10 policies of 20 statements: one statement changed", 0, "", "k8frr", "ms", 1234)
		row("applying", frr, "100 neighbors, 10 policies of 20 statements: one statement changed", 0, "", "k8frr: FRR's part", "ms", 890)
		row("applying", frr, "100 neighbors, 10 policies of 20 statements: one statement changed", 0, "", "frr-reload.py", "ms", 43210)
		row("scraping", frr, "bgpd's time for a look", 1000000, "routes", "show bgp ipv4 unicast json", "ms", 9000)
		row("scraping", frr, "bgpd's time for a look", 1000000, "routes", "a scrape, nothing having changed", "ms", 0.3)
	}
	row("preview", "", "render", 5000, "nodes", "k8frr", "s", 4.5)
	herd := figures.Row{Suite: "fleet", What: "a change of BGPConfiguration: writes", Size: 1000, Of: "nodes", Who: "k8frr", Unit: perBin}
	for i := range 200 {
		herd.Samples = append(herd.Samples, math.Round(100*math.Exp(-float64(i)/20)))
	}
	return append(rows, herd)
}

var where = machine{Date: time.Date(2026, 11, 23, 9, 45, 0, 0, time.UTC), Commit: "abc1234", Cores: 2, Processor: "Some Processor", MemoryGB: 23.5,
	Kernel: "6.1.0", Go: "go1.26", FRR: []string{"8.4.4-1", "10.3-1"}}

// The report of known rows is the known report, and its pictures are the known pictures.
func TestGolden(t *testing.T) {
	r := &report{where, some()}
	dir := t.TempDir()
	if err := r.write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{reportMarkdown, "vip-add.svg", "herd.svg"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got); if that is right, go test ./integration/bench -update:\n%s", name, diff)
		}
	}
}

// In no picture does a thing leave the frame, or a text lie on another or on a point.
func TestNothingOverlaps(t *testing.T) {
	pictures := pictured(some())
	if len(pictures) < 9 {
		t.Fatalf("of all suites' rows there are %d pictures", len(pictures))
	}
	for _, p := range pictures {
		d := p.draw()
		if err := wellFormed(d.String()); err != nil {
			t.Errorf("%s: %v", p.file, err)
		}
		for i, a := range d.things {
			if a.left < 0 || a.top < 0 || a.right > d.width || a.bottom > d.height || math.IsNaN(a.left+a.right+a.top+a.bottom) {
				t.Errorf("%s: outside of %v × %v: %s", p.file, d.width, d.height, a.markup)
			}
			for j, b := range d.things {
				lines := strings.HasPrefix(b.markup, "<line")
				if a.text && !lines && (!b.text || i < j) && a.left < b.right && b.left < a.right && a.top+3 < b.bottom && b.top+3 < a.bottom {
					t.Errorf("%s: these lie on one another:\n%s\n%s", p.file, a.markup, b.markup)
				}
			}
		}
	}
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Goals are judged by p50, or by its ratio to the other's for the same.
func TestVerdicts(t *testing.T) {
	row := func(what string, size int, who string, p50 float64) figures.Row {
		return figures.Row{Suite: "VIP latency", FRR: "8.4", What: what, Size: size, Who: who, Unit: "ms", Samples: []float64{p50, p50, 10 * p50}}
	}
	rows := []figures.Row{
		row("VIP add", 0, native, 50), row("VIP add", 0, "k8frr", 55), row("VIP add", 0, "frr-reload.py", 5000),
		row("VIP add", 100, native, 50), row("VIP add", 100, "k8frr", 55.1),
		row("VIP remove", 1000, native, 50), row("VIP remove", 1000, "k8frr", 61),
		row("VIP remove", 10000, native, 50), row("VIP remove", 10000, "k8frr", 99),
		row("VIP remove", 0, "k8frr", 99), // beside nobody
		row("VIP move", 0, native, 1), row("VIP move", 0, "k8frr", 9),
		{Suite: "cost", What: "idle, told by files: resident memory", Who: "k8frr", Unit: "MB", Samples: []float64{30.1}},
		{Suite: "cost", What: "resident memory", Size: 10000, Of: "VIPs", Who: "k8frr", Unit: "MB", Samples: []float64{59}},
		{Suite: "cost", What: "idle, told by files: processor", Who: "k8frr", Unit: "% of a core", Samples: []float64{0.9, 0, 0}},
		{Suite: "cost", What: "processor", Size: 10000, Of: "VIPs", Who: "k8frr", Unit: "% of a core", Samples: []float64{9}},
	}
	var got []string
	for _, v := range verdicts(rows) {
		got = append(got, fmt.Sprintf("%s %d %.3f %v", v.row.What, v.row.Size, v.value, v.met()))
	}
	want := []string{
		"VIP add 0 1.100 true", "VIP add 100 1.102 false", "VIP remove 1000 1.220 false", "VIP remove 10000 1.980 true",
		"idle, told by files: resident memory 0 30.100 false", "resident memory 10000 59.000 true", "idle, told by files: processor 0 0.300 true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A directory of figures becomes a report, and a document's figures are replaced, and nothing else of it.
func TestFrom(t *testing.T) {
	dir := t.TempDir()
	for _, s := range suites {
		if err := figures.Write(s.file(dir), (&report{Rows: some()}).of(s.rows)); err != nil {
			t.Fatal(err)
		}
	}
	doc := filepath.Join(dir, "page.md")
	if err := os.WriteFile(doc, []byte("# Page\n"+begin+"outdated\n"+end+"more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is as the first
		if err := bench(t.Context(), []string{"-from", dir, "-doc", doc}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if !strings.HasPrefix(text, "# Page\n"+begin) || !strings.HasSuffix(text, end+"more\n") || strings.Contains(text, "outdated") ||
		strings.Count(text, "### Goals") != 1 || !strings.Contains(text, "](page/vip-add.svg)") {
		t.Errorf("the document is:\n%s", text)
	}
	if _, err := os.Stat(filepath.Join(dir, "page", "vip-add.svg")); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(doc, []byte("# Page\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := bench(t.Context(), []string{"-from", dir, "-doc", doc}); err == nil || !strings.Contains(err.Error(), "has no place for the figures") {
		t.Errorf("a document without a place: %v", err)
	}
	if err := bench(t.Context(), []string{"-from", t.TempDir()}); err == nil || !strings.Contains(err.Error(), "has no figures") {
		t.Errorf("a directory without figures: %v", err)
	}
	if err := bench(t.Context(), []string{"-out", t.TempDir(), "-suites", "latency,speed"}); err == nil || !strings.Contains(err.Error(), `"speed"`) {
		t.Errorf("a suite that there is not: %v", err)
	}
}
