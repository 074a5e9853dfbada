//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/status/report"
)

// row is the samples of one figure.
type row struct {
	frr, what, who string
	samples        []time.Duration
	note           string
}

// timed asks bgpd, and adds up the processor time that it takes for the answers.
type timed struct {
	*node
	commands int
	bytes    int
	took     time.Duration
}

func (t *timed) Show(ctx context.Context, daemon, command string) ([]byte, error) {
	start := t.cpu("bgpd")
	answer, err := t.client.Show(ctx, daemon, command)
	t.took += t.cpu("bgpd") - start
	t.commands++
	t.bytes += len(answer)
	return answer, err
}

// naive is what a scrape asks that wants the table.
const naive = "show bgp ipv4 unicast json"

func measure(tb lab.TB, b bench) []row {
	n := newNode(tb, b)
	var rows []row
	add := func(what, who string, samples []time.Duration, note string) {
		rows = append(rows, row{b.version.Name, what, who, samples, note})
		print(os.Stderr, rows[len(rows)-1:])
	}

	asked := &timed{node: n}
	var first, next []time.Duration
	var note [2]string
	for range b.samples {
		scraper := report.NewScraper(asked)
		for i, into := range []*[]time.Duration{&first, &next} {
			*asked = timed{node: n}
			_, err := scraper.Scrape(n.patient(), n.config, n.links)
			n.check(err)
			*into = append(*into, asked.took)
			note[i] = fmt.Sprintf("%d commands, %d bytes", asked.commands, asked.bytes)
		}
	}
	add("bgpd's time for a look", "the first scrape, every VIP looked up", first, note[0])
	add("bgpd's time for a look", "a scrape, nothing having changed", next, note[1])
	var whole []time.Duration
	for range b.tables {
		*asked = timed{node: n}
		_, err := asked.Show(n.patient(), "bgpd", naive)
		n.check(err)
		whole = append(whole, asked.took)
	}
	add("bgpd's time for a look", naive, whole, fmt.Sprintf("%d bytes", asked.bytes))

	add("a VIP announced meanwhile", "nobody looks", n.announced(b.samples), "")
	stop := n.meanwhile(func() {
		_, err := report.NewScraper(n.client).Scrape(n.patient(), n.config, n.links)
		n.check(err)
		time.Sleep(100 * time.Millisecond) // twenty times as often as the agent asks
	})
	add("a VIP announced meanwhile", "scrapes, ten a second", n.announced(b.samples), "")
	stop()
	stop = n.meanwhile(func() {
		_, err := n.client.Show(n.patient(), "bgpd", naive)
		n.check(err)
	})
	add("a VIP announced meanwhile", naive, n.announced(b.tables), "")
	stop()
	return rows
}

// meanwhile does something again and again until stop, which waits for its end.
func (n *node) meanwhile(do func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			do()
		}
	})
	return func() { cancel(); running.Wait() }
}

// announced is how long a VIP takes to the router.
func (n *node) announced(samples int) []time.Duration {
	var out []time.Duration
	for range samples {
		time.Sleep(200 * time.Millisecond)
		start := time.Now()
		n.host.AddAddress(kubeLB, theVIP.String())
		e := n.must(n.tor.WaitAnnounced(n.patient(), theVIP))
		out = append(out, e.At.Sub(start))
		time.Sleep(200 * time.Millisecond)
		n.host.DelAddress(kubeLB, theVIP.String())
		n.must(n.tor.WaitWithdrawn(n.patient(), theVIP))
	}
	return out
}

// asFigures are the rows for the report.
func asFigures(rows []row, routes int) []figures.Row {
	var list []figures.Row
	for _, r := range rows {
		list = append(list, figures.Row{Suite: "scraping", FRR: r.frr, What: r.what, Size: routes, Of: "routes", Who: r.who, Unit: "ms",
			Samples: figures.Milliseconds(r.samples)})
	}
	return list
}

// print writes the rows as a table.
func print(w io.Writer, rows []row) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
	fmt.Fprintln(w, "| FRR | what | by | n | median ms | max ms | |")
	fmt.Fprintln(w, "|---|---|---|---:|---:|---:|---|")
	for _, r := range rows {
		sorted := slices.Sorted(slices.Values(r.samples))
		fmt.Fprintf(w, "| %s | %s | %s | %d | %s | %s | %s |\n", r.frr, r.what, r.who, len(sorted), ms(sorted[len(sorted)/2]), ms(sorted[len(sorted)-1]), r.note)
	}
}
