package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/k8frr/k8frr/render/fleet"
)

// What a rendered ConfigMap is known by.
const (
	managedByLabel  = "app.kubernetes.io/managed-by"
	componentLabel  = "app.kubernetes.io/component"
	component       = "rendered-frr-conf"
	ownerAnnotation = "bgp.purelb.io/rendered-from"
	countAnnotation = "bgp.purelb.io/nodes"
	// largestConfigMap is how many bytes a ConfigMap may hold.
	largestConfigMap = 1 << 20
)

type configMap struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"metadata"`
	Data map[string]string `yaml:"data"`
}

// ours reports whether an item is a ConfigMap that an earlier run has rendered.
func (i *item) ours() bool {
	labels := field(field(i.Node, "metadata"), "labels")
	return i.apiVersion == "v1" && i.kind == "ConfigMap" && scalar(labels, managedByLabel) == "k8frr" && scalar(labels, componentLabel) == component
}

// replaceConfigMaps puts a ConfigMap for each group of nodes into the list:
// where an earlier run has put it, else at the end. Those of groups that there
// are not any more go.
func (l *resourceList) replaceConfigMaps(r *rendering) []error {
	var made []*item
	for i := range r.Groups {
		m, err := r.configMap(&r.Groups[i])
		if err != nil {
			l.report(result{Severity: severityError, Message: printable(err.Error())}, nil)
			return []error{err}
		}
		n := new(yamlv3.Node)
		if err := n.Encode(m); err != nil {
			return []error{err}
		}
		made = append(made, newItem(n))
	}
	var kept []*item
	for _, old := range l.items {
		if !old.ours() {
			kept = append(kept, old)
			continue
		}
		same := func(m *item) bool { return m.name == old.name && m.namespace == old.namespace }
		if at := slices.IndexFunc(made, same); at >= 0 {
			made[at].inherit(old)
			kept = append(kept, made[at])
			made = slices.Delete(made, at, at+1)
		}
	}
	l.items = append(kept, made...)
	return nil
}

// inherit takes over the annotations by which the caller knows the item.
func (i *item) inherit(old *item) {
	mine, its := field(field(i.Node, "metadata"), "annotations"), field(field(old.Node, "metadata"), "annotations")
	for k := 0; its != nil && k+1 < len(its.Content); k += 2 {
		if field(mine, its.Content[k].Value) == nil {
			mine.Content = append(mine.Content, its.Content[k], its.Content[k+1])
		}
	}
}

// configMap is what the nodes of a group get: frr.conf as the first of them has
// it, without passwords, and the name and router ID of each.
func (r *rendering) configMap(g *fleet.Group) (configMap, error) {
	first := g.Members[0]
	var text bytes.Buffer
	if err := g.Pattern.Redacted().Write(&text, first.Name, first.RouterID); err != nil {
		return configMap{}, err
	}
	var nodes strings.Builder
	for _, m := range g.Members {
		fmt.Fprintf(&nodes, "%s %s\n", m.Name, m.RouterID.Address)
	}
	if size := text.Len() + nodes.Len(); size > largestConfigMap-1<<12 {
		return configMap{}, fmt.Errorf("the frr.conf of node %s has %d bytes, more than a ConfigMap can contain: set the option output to none", first.Name, size)
	}
	m := configMap{APIVersion: "v1", Kind: "ConfigMap", Data: map[string]string{"frr.conf": text.String(), "nodes": nodes.String()}}
	m.Metadata.Name, m.Metadata.Namespace = configMapName(r.chosen.name, first.Name), r.chosen.namespace
	m.Metadata.Labels = map[string]string{managedByLabel: "k8frr", componentLabel: component}
	m.Metadata.Annotations = map[string]string{
		ownerAnnotation: "BGPConfiguration " + r.chosen.namespace + "/" + r.chosen.name,
		countAnnotation: fmt.Sprint(len(g.Members)),
	}
	return m, nil
}

// configMapName names what the group of a node gets. Two names that are too
// long together are cut, and told apart by a hash.
func configMapName(configuration, node string) string {
	const longest = 253 // RFC 1123 subdomain
	name := "frr-conf-" + configuration + "-" + node
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:longest-13], ".-") + "-" + hex.EncodeToString(sum[:6])
}
