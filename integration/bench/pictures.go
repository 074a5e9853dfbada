package main

import (
	"regexp"
	"strings"

	"github.com/k8frr/k8frr/integration/figures"
)

// picture is a file with a drawing.
type picture struct {
	file, title string
	draw        func() *drawing
}

// perBin is the unit of rows whose samples are a course of time.
const perBin = "per 100 ms"

// Bands are named by the load, or by what was done.
func byLoad(r figures.Row) string {
	if load := r.Load(); load != "" {
		return load
	}
	before, _, _ := strings.Cut(r.What, ":")
	return before
}

func byWhat(r figures.Row) string {
	if r.Of == "" {
		return r.What
	}
	return r.What + ", " + r.Load()
}

// plots are all that may be drawn, of the rows whose What matches.
var plots = []struct {
	file, title, suite, what, unit string
	band                           func(figures.Row) string
	goal                           float64
}{
	{"vip-add.svg", "A VIP comes", "VIP latency", `^VIP add$`, "ms", byLoad, 0},
	{"vip-remove.svg", "A VIP goes", "VIP latency", `^VIP remove$`, "ms", byLoad, 0},
	{"vip-move.svg", "A VIP moves to another node", "VIP latency", `^VIP move$`, "ms", byLoad, 0},
	{"vip-bursts.svg", "Many VIPs come, and go, at once", "VIP latency", `^burst`, "ms", byWhat, 0},
	{"vip-churn.svg", "VIPs come and go, 20 in a second", "VIP latency", `^churn`, "ms", byWhat, 0},
	{"memory.svg", "Resident memory of the agent", "cost", `resident memory$`, "MB", byLoad, 60},
	{"start.svg", "From the start to the first announcement", "cost", `^start to first`, "ms", byWhat, 0},
	{"applying.svg", "A change of the configuration", "applying", "", "ms", byWhat, 0},
	{"scraping-bgpd.svg", "bgpd's own time for a look at its status", "scraping", "bgpd", "ms", byLoad, 0},
	{"scraping-vip.svg", "A VIP that comes meanwhile", "scraping", "VIP", "ms", byLoad, 0},
	{"preview.svg", "The command line, whole processes", "preview", "", "s", byWhat, 0},
}

// pictured are the pictures that can be drawn of rows.
func pictured(rows []figures.Row) []picture {
	var list []picture
	for _, p := range plots {
		what := regexp.MustCompile(p.what)
		var some []figures.Row
		for _, r := range rows {
			if r.Suite == p.suite && r.Unit == p.unit && what.MatchString(r.What) && len(r.Samples) > 0 {
				some = append(some, r)
			}
		}
		if len(some) > 0 {
			list = append(list, picture{p.file, p.title, plot{p.file, p.title, p.unit, some, p.band, p.goal}.draw})
		}
	}
	var course []figures.Row
	for _, r := range rows {
		if r.Unit == perBin && len(r.Samples) > 0 {
			course = append(course, r)
		}
	}
	if len(course) > 0 {
		const title = "Requests after a change, in each tenth of a second"
		list = append(list, picture{"herd.svg", title, func() *drawing { return bins(title, course) }})
	}
	return list
}
