package figures

import (
	"fmt"
	"io"
	"strconv"
)

// Print writes rows as a table in Markdown.
func Print(w io.Writer, rows []Row) {
	fmt.Fprintln(w, "| FRR | what | with | by | n | p50 | p99 | max | |")
	fmt.Fprintln(w, "|---|---|---|---|---:|---:|---:|---:|---|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %d | %s | %s | %s | %s |\n", r.FRR, r.What, r.Load(), r.Who, len(r.Samples),
			Short(r.Quantile(0.5)), Short(r.Quantile(0.99)), Short(r.Quantile(1)), r.Unit)
	}
}

// Load is Size and Of in words, as "10,000 VIPs"; "" if there is no Of.
func (r Row) Load() string {
	if r.Of == "" {
		return ""
	}
	return Grouped(r.Size) + " " + r.Of
}

// Grouped is a number with its thousands apart.
func Grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Short is a figure with as many digits as anybody can use: three, or all that are before the point.
func Short(f float64) string {
	switch a := max(f, -f); {
	case f == float64(int64(f)) && a < 1e15, a >= 100:
		return Grouped(int(f + 0.5))
	case a >= 10:
		return strconv.FormatFloat(f, 'f', 1, 64)
	case a >= 1:
		return strconv.FormatFloat(f, 'f', 2, 64)
	}
	return strconv.FormatFloat(f, 'f', 3, 64)
}
