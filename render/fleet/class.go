package fleet

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// classesOf tells nodes apart by the labels that selectors ask for, and by the
// neighbors that they are themselves, and by nothing else: each selector matches
// all nodes of a class, or none.
func classesOf(in Input, nodes []node) [][]node {
	asked := labelsAsked(&in.Common.Configuration.Spec)
	peers := map[netip.Addr]bool{}
	for _, a := range render.PeerAddresses(in.Common.Configuration) {
		peers[a] = true
	}
	at := map[string]int{}
	var classes [][]node
	for _, n := range nodes {
		var key strings.Builder
		for _, label := range asked {
			if value, has := n.Labels[label]; has {
				key.WriteString("=" + value)
			}
			key.WriteByte(0) // which no value holds
		}
		for _, own := range n.Status.Addresses {
			if a, err := netip.ParseAddr(own.Address); err == nil && peers[a] {
				key.WriteString(string(own.Type) + "=" + a.String() + "\x00")
			}
		}
		i, known := at[key.String()]
		if !known {
			i = len(classes)
			at[key.String()], classes = i, append(classes, nil)
		}
		classes[i] = append(classes[i], n)
	}
	return classes
}

// labelsAsked are the keys of labels that a configuration's selectors ask for,
// sorted.
func labelsAsked(spec *v1.BGPConfigurationSpec) []string {
	keys := map[string]bool{}
	add := func(s *v1.LabelSelector) {
		if s == nil {
			return
		}
		for key := range s.MatchLabels {
			keys[key] = true
		}
		for _, e := range s.MatchExpressions {
			keys[e.Key] = true
		}
	}
	for i := range spec.Neighbors {
		add(spec.Neighbors[i].NodeSelector)
	}
	for i := range spec.PeerGroups {
		add(spec.PeerGroups[i].NodeSelector)
	}
	return slices.Sorted(maps.Keys(keys))
}

// render resolves a class once. It is one group, unless the renderer decides by
// the node itself.
func (in *Input) render(class []node) ([]Group, error) {
	common := in.Common
	common.Node = class[0].Node
	config, notes, err := render.Resolve(common)
	if err != nil {
		return nil, err
	}
	g := Group{Config: config, Notes: append(notes, config.StartNotes()...)}
	pattern, all, err := in.Renderer.Pattern(config)
	if err != nil {
		return nil, err
	}
	if !all {
		return in.renderEach(class, g)
	}
	g.Pattern = pattern
	for _, n := range class {
		g.Members = append(g.Members, Member{n.Name, n.id})
	}
	in.done(len(class))
	return []Group{g}, nil
}

// renderEach renders every node by itself.
func (in *Input) renderEach(class []node, like Group) ([]Group, error) {
	var groups []Group
	for _, n := range class {
		config := *like.Config
		config.Node, config.RouterID = n.Name, n.id
		text, err := in.Renderer.Text(&config)
		if err != nil {
			return nil, err
		}
		g := like
		g.Config, g.Pattern = &config, render.PatternOf(text, n.Name, n.id)
		g.Members = []Member{{n.Name, n.id}}
		groups = append(groups, g)
		in.done(1)
	}
	return groups, nil
}
