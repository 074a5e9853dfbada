//go:build linux

package sessions

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/k8frr/k8frr/integration/lab"
)

// commands are those of doc.go.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"net":      act((*scenario).net),
	"frr":      act((*scenario).frr),
	"bird":     act((*scenario).bird),
	"gobgp":    act((*scenario).gobgp),
	"listener": act((*scenario).listener),
	"node":     act((*scenario).startNode),
	"apply":    act((*scenario).apply),
	"announce": act((*scenario).announce),
	"withdraw": act((*scenario).withdraw),
	"do":       act((*scenario).do),
	"cut":      act((*scenario).cut),
	"mend":     act((*scenario).mend),
	"crash":    act((*scenario).crash),
	"restart":  act((*scenario).restart),

	"established": observe((*scenario).established),
	"route":       observe((*scenario).route),
	"open":        observe((*scenario).open),
	"hear":        observe((*scenario).hear),
	"see":         observe((*scenario).see),
	"within":      within,
	"steady":      steady,
}

// scenario is the world of one script.
type scenario struct {
	t        *testing.T
	version  lab.Version // the node's
	lab      *lab.Lab
	switches map[string]*lab.Host
	speakers map[string]speaker
	applied  map[string]int // what each ear had heard when objects were applied last
	node     *node
}

// key is where a script keeps its scenario.
type key struct{}

// act makes a command of something that happens.
func act(do func(s *scenario, ts *testscript.TestScript, args []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("what happens cannot be negated")
		}
		do(ts.Value(key{}).(*scenario), ts, args)
	}
}

// speaker is a router, whatever its make.
type speaker interface {
	// session reports whether there is a session with a peer, and what the router says of it.
	session(ctx context.Context, peer string) (established bool, says string, err error)
	// paths are those that the router has for a prefix.
	paths(ctx context.Context, prefix netip.Prefix) ([]attributes, error)
}

// attributes are those of a path, or of an OPEN, as text.
type attributes map[string]string

// String has them in order, without those that are absent.
func (a attributes) String() string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != "" {
			words = append(words, fmt.Sprintf("%s='%s'", name, a[name]))
		}
	}
	return strings.Join(words, " ")
}

// have reports whether a has all that is wanted.
func (a attributes) have(want attributes) bool {
	for name, value := range want {
		if a[name] != value {
			return false
		}
	}
	return true
}

// readAttributes reads NAME=VALUE words. Names other than these are mistakes.
func readAttributes(ts *testscript.TestScript, words []string, names string) attributes {
	a := attributes{}
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok || !slices.Contains(strings.Fields(names), name) {
			ts.Fatalf("%q is not one of %s with a value", word, names)
		}
		a[name] = value
	}
	return a
}

func parsePrefix(ts *testscript.TestScript, text string) netip.Prefix {
	prefix, err := netip.ParsePrefix(text)
	ts.Check(err)
	return prefix
}

func parseAddr(ts *testscript.TestScript, text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	ts.Check(err)
	return address
}
