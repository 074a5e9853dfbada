package main

import (
	"io"

	"github.com/k8frr/k8frr/supervise/forecast"
)

// The objects of diff -o json.
type (
	jsonForecast struct {
		Summary forecast.Summary `json:"summary"`
		Text    string           `json:"text"`
		Changes []jsonChange     `json:"changes"`
		Same    []string         `json:"same"`
		Unknown []jsonFailure    `json:"unknown"`
	}
	jsonChange struct {
		Nodes    []string           `json:"nodes"`
		Fate     forecast.Fate      `json:"fate"`
		Sessions []forecast.Session `json:"sessions"`
		Prefixes []forecast.Route   `json:"prefixes"`
		Restart  string             `json:"restart,omitempty"`
		Plan     []jsonStep         `json:"plan"`
		Diff     string             `json:"diff"`
	}
	jsonStep struct {
		Command string   `json:"command"`
		Effects []string `json:"effects,omitempty"`
		// Reason is why the command stands where it does.
		Reason string `json:"reason,omitempty"`
	}
)

// diffJSON prints a forecast as one object. Lists are there even if empty.
func diffJSON(to io.Writer, f *forecast.Forecast) error {
	out := jsonForecast{Summary: f.Summary, Text: f.Summary.String(), Changes: []jsonChange{}, Same: list(f.Same), Unknown: []jsonFailure{}}
	for i := range f.Changes {
		c := &f.Changes[i]
		change := jsonChange{Nodes: c.Nodes, Fate: c.Fate, Sessions: list(c.Sessions), Prefixes: list(c.Routes), Restart: c.Restart, Plan: []jsonStep{}, Diff: c.Diff}
		reasons := c.Plan.Reasons()
		for i, s := range c.Plan.Steps {
			step := jsonStep{Command: s.Command.String(), Reason: reasons[i]}
			for _, e := range s.Effects {
				step.Effects = append(step.Effects, e.String())
			}
			change.Plan = append(change.Plan, step)
		}
		out.Changes = append(out.Changes, change)
	}
	for _, u := range f.Unknown {
		out.Unknown = append(out.Unknown, failureOf(u))
	}
	return printJSON(to, out)
}

// list is a list that JSON does not show as null.
func list[T any](of []T) []T {
	if of == nil {
		return []T{}
	}
	return of
}

func printJSON(to io.Writer, v any) error {
	text, err := encoded(v)
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	return err
}
