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

// transition is a way between two configurations.
type transition struct {
	from, wanted string
	// byHand is what somebody has entered besides from, and stays the part of it
	// that is not k8frr's.
	byHand, stays string
}

// judge loads what a transition begins with on one FRR, takes it, and compares
// with what another FRR shows that has loaded the end afresh. It tells what is
// not as it should be.
func (tr *transition) judge(t *testing.T, planned, fresh *node) error {
	t.Helper()
	planned.load(t, tr.from)
	return tr.take(t, planned, fresh.load(t, tr.wanted))
}

// take takes an FRR that runs the beginning to the end by a plan, back by its
// inverse and there again, unless it is not as it should be: as fresh.
func (tr *transition) take(t *testing.T, n *node, fresh string) error {
	t.Helper()
	before := n.enter(t, tr.byHand)
	p := plan.Between(before, tr.wanted)
	if err := n.apply(t, p); err != nil {
		return fmt.Errorf("FRR refuses the plan: %w\n%s", err, p)
	}
	after := n.running(t)
	if d := plan.Differences(after, tr.wanted); len(d) > 0 {
		return fmt.Errorf("after the plan these differences remain: %v\nthe plan was:\n%s", d, p)
	}
	expected := slices.Concat(shown(fresh), left(before, tr.stays))
	if err := alike("after a fresh load", expected, "after the plan", shown(after)); err != nil {
		return fmt.Errorf("%w\nthe plan was:\n%s", err, p)
	}
	inverse := p.Inverse()
	if err := n.apply(t, inverse); err != nil {
		return fmt.Errorf("FRR refuses the inverse: %w\n%s\nof the plan:\n%s", err, inverse, p)
	}
	if err := same("before", before, "after the inverse", n.running(t)); err != nil {
		return fmt.Errorf("%w\nthe inverse was:\n%s\nof the plan:\n%s", err, inverse, p)
	}
	ahead := plan.Ahead(before, tr.wanted, before)
	if err := n.apply(t, ahead); err != nil {
		return fmt.Errorf("FRR refuses what goes ahead of the plan: %w\n%s", err, ahead)
	}
	rest := plan.Between(n.running(t), tr.wanted)
	if d := ahead.In(rest); len(d) > 0 {
		return fmt.Errorf("FRR did not take what goes ahead of the plan: %v\n%s", d, ahead)
	}
	if err := n.apply(t, rest); err != nil {
		return fmt.Errorf("FRR refuses the rest of the plan: %w\n%s\nahead went:\n%s", err, rest, ahead)
	}
	if err := alike("after a fresh load", expected, "after the plan in two parts", shown(n.running(t))); err != nil {
		return fmt.Errorf("%w\nahead went:\n%s\nand then:\n%s", err, ahead, rest)
	}
	if err := same("rendered", tr.wanted, "shown by FRR", fresh); err != nil {
		return fmt.Errorf("FRR shows something else than what is rendered: %w", err)
	}
	return nil
}

// left is what of some lines runs.
func left(running, lines string) []string {
	all := paths(running)
	return slices.DeleteFunc(paths(lines), func(path string) bool { return !slices.Contains(all, path) })
}

// same compares two running configurations, as sets of lines: FRR shows route
// maps in the order in which they were made, and members of groups likewise.
func same(oldName, old, newName, new string) error {
	return alike(oldName, shown(old), newName, shown(new))
}

// alike compares two sets of lines.
func alike(oldName string, old []string, newName string, new []string) error {
	text := func(lines []string) []byte {
		return []byte(strings.Join(slices.Compact(slices.Sorted(slices.Values(lines))), "\n") + "\n")
	}
	if d := diff.Diff(oldName, text(old), newName, text(new)); d != nil {
		return errors.New(string(d))
	}
	return nil
}

// shown are the lines of a configuration that every version shows.
func shown(text string) []string {
	return slices.DeleteFunc(paths(text), isEmpty(text))
}

// isEmpty tells the address families with nothing in them, which FRR does not
// show, and the VRFs and the context bfd, which it shows empty or not, by
// version.
func isEmpty(text string) func(string) bool {
	list := paths(text)
	return func(path string) bool {
		holds := strings.Contains(path, " / address-family ") || path == "bfd" || strings.HasPrefix(path, "vrf ") && !strings.Contains(path, " / ")
		return holds && !slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(p, path+" / ") })
	}
}
