//go:build linux

package policy

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/policy"
)

var update = flag.Bool("update", false, "write what FRR 10.3 does into testdata")

// scenario is a file of testdata. An archive holds
//
//	policy.yaml  definedSets, policyDefinitions and applyPolicy
//	routes       what is sent, a line each
//	expected     what is heard at the other end
//
// and begins with sentences about what it shows, and lines "key: value":
//
//	from   the neighbor that sends the routes: external (the default), internal
//	to     the neighbor that hears them: watcher (the default, internal), customer (external)
//	gobgp  why GoBGP is not asked
//	8.4    why FRR 8.4 is not asked
//
// An importPolicy is that of the neighbor "from", an exportPolicy of "to".
type scenario struct {
	file    string
	archive *txtar.Archive
	keys    map[string]string
	trial   trial
	wanted  string
}

func readScenario(file string) (*scenario, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	s := &scenario{file: file, archive: archive, keys: map[string]string{"from": "external", "to": "watcher"}}
	for line := range strings.Lines(string(archive.Comment)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && slices.Contains([]string{"from", "to", "gobgp", "8.4"}, key) {
			s.keys[key] = value
		}
	}
	t := &s.trial
	t.from, t.to = neighborNamed(s.keys["from"]), neighborNamed(s.keys["to"])
	for _, f := range archive.Files {
		switch f.Name {
		case "policy.yaml":
			var spec struct {
				DefinedSets       []v1.DefinedSet
				PolicyDefinitions []v1.PolicyDefinition
				ApplyPolicy       v1.ApplyPolicy
			}
			if err := yaml.UnmarshalStrict(f.Data, &spec); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			t.spec.DefinedSets, t.spec.PolicyDefinitions = spec.DefinedSets, spec.PolicyDefinitions
			t.direction = policy.Import
			if spec.ApplyPolicy.ExportPolicy != nil {
				t.direction = policy.Export
			}
			t.chain = *cmp.Or(spec.ApplyPolicy.ImportPolicy, spec.ApplyPolicy.ExportPolicy)
		case "routes":
			if t.routes, err = readRoutes(string(f.Data)); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		case "expected":
			s.wanted = string(f.Data)
		}
	}
	t.family = v1.IPv4Unicast
	if t.routes[0].prefix.Addr().Is6() {
		t.family = v1.IPv6Unicast
	}
	return s, nil
}

func readRoutes(text string) ([]route, error) {
	var routes []route
	for line := range strings.Lines(text) {
		r, err := parseRoute(line)
		if err != nil {
			return nil, err
		}
		routes = append(routes, r)
	}
	return routes, nil
}

func sortRoutes(routes []route) {
	slices.SortFunc(routes, func(a, b route) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()))
	})
}

// show writes what is heard, without next hops that the session has anyway.
func (t trial) show(routes []route) string {
	var b strings.Builder
	for _, r := range routes {
		usual := t.from.address(t.family)
		if t.to.asn != ownASN {
			usual = t.to.router.of(t.family)
		}
		if r.nexthop == usual {
			r.nexthop = netip.Addr{}
		}
		b.WriteString(r.String() + "\n")
	}
	return b.String()
}

// rig are the three routers.
type rig struct {
	names   []string
	benches []*bench
}

func newRig(t *testing.T) *rig {
	r := &rig{names: []string{"FRR 8.4", "FRR 10.3", "GoBGP"}}
	for _, start := range []func(*lab.Host) router{startFRR(lab.FRR84), startFRR(lab.FRR103), startGoBGP} {
		r.benches = append(r.benches, newBench(t, start))
	}
	return r
}

// patience is how long a trial may take. It is long because the machine may be busy.
const patience = 5 * time.Minute

// try tries a policy on those of the routers that are not left out, and returns
// what is heard of each. As long as that is not as agreed, it listens again: a
// busy machine is slow to say everything.
func (r *rig) try(ctx context.Context, t trial, leaveOut func(name string) bool, agreed func(map[string]string) bool) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	heard, err := r.each(leaveOut, func(b *bench) (string, error) {
		routes, err := b.run(ctx, t)
		return t.show(routes), err
	})
	for end := time.Now().Add(time.Minute); err == nil && !agreed(heard) && time.Now().Before(end); {
		time.Sleep(500 * time.Millisecond)
		heard, err = r.each(leaveOut, func(b *bench) (string, error) {
			routes, err := b.hears(ctx, t)
			return t.show(routes), err
		})
	}
	return heard, err
}

// each does something with all routers but those left out, at the same time.
func (r *rig) each(leaveOut func(name string) bool, do func(*bench) (string, error)) (map[string]string, error) {
	results, errs := make([]string, len(r.benches)), make([]error, len(r.benches))
	var all sync.WaitGroup
	for i, b := range r.benches {
		if !leaveOut(r.names[i]) {
			all.Go(func() { results[i], errs[i] = do(b) })
		}
	}
	all.Wait()
	out := map[string]string{}
	for i, name := range r.names {
		if errs[i] != nil {
			return nil, fmt.Errorf("%s: %w", name, errs[i])
		}
		if !leaveOut(name) {
			out[name] = results[i]
		}
	}
	return out, nil
}

// alike reports whether all heard the same.
func alike(heard map[string]string) bool {
	different := map[string]bool{}
	for _, routes := range heard {
		different[routes] = true
	}
	return len(different) == 1
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	r := newRig(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s, err := readScenario(file)
			if err != nil {
				t.Fatal(err)
			}
			heard, err := r.try(t.Context(), s.trial, func(name string) bool {
				return name == "GoBGP" && s.keys["gobgp"] != "" || name == "FRR 8.4" && s.keys["8.4"] != ""
			}, func(heard map[string]string) bool { return alike(heard) && heard["FRR 10.3"] == s.wanted })
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				s.wanted = heard["FRR 10.3"]
				s.archive.Files = slices.DeleteFunc(s.archive.Files, func(f txtar.File) bool { return f.Name == "expected" })
				s.archive.Files = append(s.archive.Files, txtar.File{Name: "expected", Data: []byte(s.wanted)})
				if err := os.WriteFile(file, txtar.Format(s.archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for name, routes := range heard {
				if routes != s.wanted {
					t.Errorf("%s", diff.Diff("expected", []byte(s.wanted), name, []byte(routes)))
				}
			}
		})
	}
}
