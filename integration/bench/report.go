package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/k8frr/k8frr/integration/figures"
)

// report is all that was measured, and where.
type report struct {
	Machine machine       `json:"machine"`
	Rows    []figures.Row `json:"rows"`
}

const (
	reportJSON     = "report.json"
	reportMarkdown = "report.md"
)

// of are the rows of a suite.
func (r *report) of(suite string) []figures.Row {
	var rows []figures.Row
	for _, row := range r.Rows {
		if row.Suite == suite {
			rows = append(rows, row)
		}
	}
	return rows
}

// gather reads the figures that suites have left in a directory.
func gather(dir string, m machine) (*report, error) {
	r := &report{Machine: m}
	for _, s := range suites {
		rows, err := figures.Read(s.file(dir))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Rows = append(r.Rows, rows...)
	}
	if len(r.Rows) == 0 {
		return nil, fmt.Errorf("%s has no figures: name the directory of a run", dir)
	}
	return r, nil
}

// before is the machine of the report that a directory has already, unless it has none.
func before(dir string) (machine, bool) {
	var r report
	text, err := os.ReadFile(filepath.Join(dir, reportJSON))
	if err != nil || json.Unmarshal(text, &r) != nil {
		return machine{}, false
	}
	return r.Machine, true
}

// write makes the report's files: report.json, report.md and the pictures.
func (r *report) write(dir string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	fmt.Fprint(&page, "# Benchmarks\n\n")
	r.markdown(&page, "")
	return errors.Join(
		os.WriteFile(filepath.Join(dir, reportJSON), append(text, '\n'), 0o644),
		os.WriteFile(filepath.Join(dir, reportMarkdown), page.Bytes(), 0o644),
		r.draw(dir))
}

// draw makes the pictures.
func (r *report) draw(dir string) error {
	for _, p := range pictured(r.Rows) {
		if err := os.WriteFile(filepath.Join(dir, p.file), []byte(p.draw().String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Between these lines of a document are the figures.
const (
	begin = "<!-- The figures: go run ./integration/bench -from DIR -doc FILE -->\n"
	end   = "<!-- The end of the figures -->\n"
)

// document puts the figures into a document, in the place of those that are there, and the pictures into a directory of its
// name beside it.
func (r *report) document(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(text), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the figures, which is between the lines\n%s%s", path, begin, end)
	}
	pictures := strings.TrimSuffix(path, filepath.Ext(path))
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		return err
	}
	var page bytes.Buffer
	r.markdown(&page, filepath.Base(pictures)+"/")
	return errors.Join(r.draw(pictures), os.WriteFile(path, []byte(head+begin+"\n"+page.String()+"\n"+end+tail), 0o644))
}
