//go:build linux

package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/k8frr/k8frr/supervise/plan"
)

// transition loads one configuration, takes FRR to another by a plan, back by
// its inverse and there again, and loads the other afresh. It tells what is not
// as it should be.
func (n *node) transition(t *testing.T, from, wanted string) error {
	t.Helper()
	before := n.load(t, from)
	p := plan.Between(before, wanted)
	if err := n.apply(t, p); err != nil {
		return fmt.Errorf("FRR refuses the plan: %w\n%s", err, p)
	}
	after := n.running(t)
	if d := plan.Differences(after, wanted); len(d) > 0 {
		return fmt.Errorf("after the plan these differences remain: %v\nthe plan was:\n%s", d, p)
	}
	inverse := p.Inverse()
	if err := n.apply(t, inverse); err != nil {
		return fmt.Errorf("FRR refuses the inverse: %w\n%s\nof the plan:\n%s", err, inverse, p)
	}
	if err := same("before", before, "after the inverse", n.running(t)); err != nil {
		return fmt.Errorf("%w\nthe inverse was:\n%s\nof the plan:\n%s", err, inverse, p)
	}
	if err := n.apply(t, p); err != nil {
		return fmt.Errorf("FRR refuses the plan the second time: %w\n%s", err, p)
	}
	again := n.running(t)
	fresh := n.load(t, wanted)
	for _, run := range []string{after, again} {
		if err := same("after a fresh load", fresh, "after the plan", run); err != nil {
			return fmt.Errorf("%w\nthe plan was:\n%s", err, p)
		}
	}
	if err := same("rendered", wanted, "shown by FRR", fresh); err != nil {
		return fmt.Errorf("FRR shows something else than what is rendered: %w", err)
	}
	return nil
}

// same compares two running configurations, as sets of lines: FRR shows route
// maps in the order in which they were made, and members of groups likewise.
func same(oldName, old, newName, new string) error {
	sorted := func(text string) []byte {
		list := slices.DeleteFunc(paths(text), isEmpty(text))
		slices.Sort(list)
		return []byte(strings.Join(list, "\n") + "\n")
	}
	if d := diff.Diff(oldName, sorted(old), newName, sorted(new)); d != nil {
		return errors.New(string(d))
	}
	return nil
}

// isEmpty tells the address families with nothing in them, which FRR does not
// show, and the VRFs and the context bfd, which it shows empty or not, by
// version.
func isEmpty(text string) func(string) bool {
	list := paths(text)
	return func(path string) bool {
		holds := strings.Contains(path, " / address-family ") || path == "bfd" || strings.HasPrefix(path, "vrf ")
		return holds && !slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(p, path+" / ") })
	}
}
