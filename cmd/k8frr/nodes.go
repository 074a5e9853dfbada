package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// chooseNodes returns the nodes to render for, by name: those asked for, or
// all. Where the input has none at all, one that is asked for is made up.
func chooseNodes(all []*corev1.Node, names []string) ([]*corev1.Node, error) {
	if len(all) == 0 {
		if len(names) == 0 {
			return nil, errors.New("there is no Node in the input: add the output of `kubectl get nodes -o yaml`, or name a node with --node")
		}
		for _, name := range names {
			all = append(all, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
	}
	slices.SortFunc(all, func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) })
	if len(names) == 0 {
		return all, nil
	}
	var nodes []*corev1.Node
	for _, n := range all {
		if slices.Contains(names, n.Name) {
			nodes = append(nodes, n)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(nodes, func(n *corev1.Node) bool { return n.Name == name }) {
			return nil, fmt.Errorf("there is no Node %s in the input, only %s", name, namesOf(all))
		}
	}
	return nodes, nil
}

// namesOf lists the names of nodes, a few of them if they are many.
func namesOf(nodes []*corev1.Node) string {
	const most = 10
	var names []string
	for _, n := range nodes[:min(len(nodes), most)] {
		names = append(names, n.Name)
	}
	list := strings.Join(names, ", ")
	if more := len(nodes) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
