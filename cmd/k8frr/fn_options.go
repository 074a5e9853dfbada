package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8frr/k8frr/render"
)

// fnOptions is what a functionConfig says.
type fnOptions struct {
	frr, namespace, name string
	nodes                []string
	failOn, output       string
	secretSelector       string
}

// The values of failOn and output.
const (
	failOnError      = "error"
	failOnWarning    = "warning"
	failOnNever      = "never"
	outputConfigMaps = "configmaps"
	outputNone       = "none"
)

var (
	fnOptionNames = []string{"frr", "namespace", "name", "nodes", "failOn", "output", "secretSelector"}
	failOns       = []string{failOnError, failOnWarning, failOnNever}
	fnOutputs     = []string{outputConfigMaps, outputNone}
)

// options reads the functionConfig: data of a ConfigMap, else spec.
func (l *resourceList) options() (fnOptions, error) {
	o := fnOptions{frr: "10.3", failOn: failOnError, output: outputConfigMaps}
	config := field(l.content, "functionConfig")
	where := "spec"
	if scalar(config, "kind") == "ConfigMap" {
		where = "data"
	}
	said := field(config, where)
	if said == nil {
		return o, nil
	}
	if said.Kind != yamlv3.MappingNode {
		return o, fmt.Errorf("functionConfig: %s: must map options to values", where)
	}
	for i := 0; i+1 < len(said.Content); i += 2 {
		name, value := said.Content[i].Value, said.Content[i+1]
		if err := o.set(name, value); err != nil {
			return o, fmt.Errorf("functionConfig: %s.%s: %w", where, name, err)
		}
	}
	return o, nil
}

func (o *fnOptions) set(name string, value *yamlv3.Node) error {
	if name == "nodes" && value.Kind == yamlv3.SequenceNode {
		return value.Decode(&o.nodes)
	}
	if value.Kind != yamlv3.ScalarNode {
		return errors.New("must be text")
	}
	text := strings.TrimSpace(value.Value)
	switch name {
	case "frr":
		o.frr = text
		_, err := render.DialectOf(text)
		return err
	case "namespace":
		o.namespace = text
	case "name":
		o.name = text
	case "nodes":
		o.nodes = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	case "failOn":
		o.failOn = text
		return oneOf(text, failOns)
	case "output":
		o.output = text
		return oneOf(text, fnOutputs)
	case "secretSelector":
		o.secretSelector = text
		_, err := labels.Parse(text)
		return err
	default:
		return fmt.Errorf("there is no such option, only %s", strings.Join(fnOptionNames, ", "))
	}
	return nil
}

func oneOf(text string, values []string) error {
	if !slices.Contains(values, text) {
		return fmt.Errorf("%q must be one of %s", text, strings.Join(values, ", "))
	}
	return nil
}
