package review

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// selectors finds neighbors and peer groups that no node has.
func (r *review) selectors() {
	if len(r.nodes) == 0 {
		return
	}
	had, explained := r.had(), r.explained()
	for i := range r.spec.Neighbors {
		path := "spec.neighbors[" + strconv.Itoa(i) + "]"
		switch n := &r.spec.Neighbors[i]; {
		case !r.matches(n.NodeSelector):
			r.find(Warning, "NoNodeSelected", path+".nodeSelector", nil, "matches no node: no node has this neighbor")
		case !had[path] && !explained[path] && len(r.fleet.Groups) > 0:
			r.find(Warning, "NeighborNowhere", path, nil, "no node has this neighbor, although its selector matches some")
		}
	}
	for i := range r.spec.PeerGroups {
		if path := "spec.peerGroups[" + strconv.Itoa(i) + "]"; !r.matches(r.spec.PeerGroups[i].NodeSelector) {
			r.find(Warning, "NoNodeSelected", path+".nodeSelector", nil, "matches no node: no node has this peer group")
		}
	}
}

// had are the neighbors that some node has, by their field.
func (r *review) had() map[string]bool {
	had := map[string]bool{}
	for i := range r.fleet.Groups {
		for _, instance := range r.fleet.Groups[i].Config.Instances() {
			for _, n := range instance.Neighbors {
				had[n.Path] = true
			}
		}
	}
	return had
}

// explained are the neighbors that something is noted of, by their field.
func (r *review) explained() map[string]bool {
	explained := map[string]bool{}
	for i := range r.fleet.Groups {
		for _, n := range r.fleet.Groups[i].Notes {
			path, _, _ := strings.Cut(n.Path, "].")
			explained[strings.TrimSuffix(path, "]")+"]"] = true
		}
	}
	return explained
}

// matches reports whether a selector matches any node. What is wrong with an
// invalid one, a note says.
func (r *review) matches(s *v1.LabelSelector) bool {
	if s == nil {
		return true
	}
	selector, err := s.Selector()
	if err != nil {
		return true
	}
	for _, n := range r.nodes {
		if selector.Matches(labels.Set(n.Labels)) {
			return true
		}
	}
	return false
}

// duplicate tells a neighbor that is given twice from one that is given in two
// ways.
func (r *review) duplicate(note render.Note) struct{ field, rule, message string } {
	type told = struct{ field, rule, message string }
	path, first := note.Path, note.Other
	a, b := r.neighbor(path), r.neighbor(first)
	if a < 0 || b < 0 {
		return told{path, "Duplicate", note.Message}
	}
	one, two := r.spec.Neighbors[a], r.spec.Neighbors[b]
	one.NodeSelector, two.NodeSelector = nil, nil
	one.Config.NeighborAddress = two.Config.NeighborAddress // which may be spelled in two ways
	if reflect.DeepEqual(one, two) {
		return told{path, "Duplicate", fmt.Sprintf("is the same as %s, on a node that both select", first)}
	}
	return told{path, "Contradiction", fmt.Sprintf("is the same neighbor as %s, on a node that both select, and says otherwise: %s is used", first, first)}
}

// neighbor is the index of a neighbor's field, -1 if it is none.
func (r *review) neighbor(path string) int {
	number, ok := strings.CutPrefix(path, "spec.neighbors[")
	i, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
	if !ok || err != nil || i >= len(r.spec.Neighbors) {
		return -1
	}
	return i
}

// compareFields orders fields as they stand in a file: elements by number.
func compareFields(a, b string) int {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
	}
	return slices.CompareFunc(split(a), split(b), func(x, y string) int {
		n, errN := strconv.Atoi(x)
		m, errM := strconv.Atoi(y)
		if errN == nil && errM == nil {
			return n - m
		}
		return strings.Compare(x, y)
	})
}
