package main

import (
	"errors"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/supervise/forecast"
)

// shownVersion is in the output of show running-config.
var shownVersion = regexp.MustCompile(`(?m)^frr version (\d+\.\d+\S*)`)

// fromRunning compares what an FRR runs with what is rendered for its node.
func (o *diffOptions) fromRunning(c *cobra.Command, args []string, p *progress) (*forecast.Forecast, error) {
	running, err := readText(c.InOrStdin(), o.running)
	if err != nil {
		return nil, err
	}
	version := shownVersion.FindStringSubmatch(running)
	if version == nil {
		return nil, errors.New("--frr-running: not the output of show running-config: no line contains the version of FRR")
	}
	if !c.Flags().Changed("frr") {
		o.frr = version[1]
	}
	o.files = append(o.files, args...)
	as, err := o.how()
	if err != nil {
		return nil, err
	}
	documents, err := o.reading(c).all(o.files)
	if err != nil {
		return nil, err
	}
	chosen, err := o.choose(documents, as)
	if err != nil {
		return nil, err
	}
	if len(chosen.nodes) != 1 {
		return nil, usageError{errors.New("--frr-running: name the node with --node")}
	}
	rendered, err := o.fleet(chosen, p)
	if err != nil {
		return nil, err
	}
	return forecast.FromRunning(running, rendered), nil
}

func readText(stdin io.Reader, name string) (string, error) {
	if name == "-" {
		text, err := io.ReadAll(limited(stdin))
		return string(text), err
	}
	text, err := readFile(name)
	return string(text), err
}
