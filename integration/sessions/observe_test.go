//go:build linux

package sessions

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// observation looks once whether something is so, and says what it saw. What it could not see is neither so nor not so.
type observation func(ctx context.Context) (so bool, saw string, err error)

// observer reads a command that observes.
type observer func(s *scenario, ts *testscript.TestScript, args []string) observation

// observers are the commands that can follow within and steady.
var observers = map[string]observer{
	"established": (*scenario).established,
	"route":       (*scenario).route,
	"open":        (*scenario).open,
	"hear":        (*scenario).hear,
	"see":         (*scenario).see,
}

func observe(read observer) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(key{}).(*scenario)
		s.await(ts, read(s, ts, args), !neg, *patience)
	}
}

// within is: within DURATION [!] COMMAND …
func within(ts *testscript.TestScript, neg bool, args []string) {
	s, limit, want, look := limited(ts, neg, args)
	began := time.Now()
	s.await(ts, look, want, limit)
	ts.Logf("after %v", time.Since(began).Round(time.Millisecond))
}

// steady is: steady DURATION [!] COMMAND …
func steady(ts *testscript.TestScript, neg bool, args []string) {
	s, limit, want, look := limited(ts, neg, args)
	s.await(ts, look, want, *patience)
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(longest) {
		if so, saw, err := s.look(look); err == nil && so != want {
			ts.Fatalf("it was so, and is so no more:\n%s", saw)
		}
	}
}

func limited(ts *testscript.TestScript, neg bool, args []string) (s *scenario, limit time.Duration, want bool, look observation) {
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	args, want = args[1:], true
	if args[0] == "!" {
		args, want = args[1:], false
	}
	read := observers[args[0]]
	if neg || read == nil {
		ts.Fatalf("after a duration comes, perhaps after a !, a command that observes")
	}
	s = ts.Value(key{}).(*scenario)
	return s, limit, want, read(s, ts, args[1:])
}

// One looks again soon at first, then ever less often: most looks start a process.
const shortest, longest = 30 * time.Millisecond, 300 * time.Millisecond

// await looks until what it sees is as wanted.
func (s *scenario) await(ts *testscript.TestScript, look observation, want bool, limit time.Duration) {
	end, pause := time.Now().Add(limit), shortest
	for {
		so, saw, err := s.look(look)
		switch {
		case err == nil && so == want:
			return
		case time.Now().Before(end):
		case err != nil:
			ts.Fatalf("waited %v; at last: %v", limit, err)
		default:
			ts.Fatalf("waited %v; this is what was seen last:\n%s", limit, saw)
		}
		time.Sleep(pause)
		pause = min(pause*3/2, longest, limit/20)
	}
}

func (s *scenario) look(look observation) (bool, string, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), *patience)
	defer cancel()
	return look(ctx)
}

func (s *scenario) speaker(ts *testscript.TestScript, host string) speaker {
	router := s.speakers[host]
	if router == nil {
		ts.Fatalf("%s has no router", host)
	}
	return router
}

// established is: established HOST PEER
func (s *scenario) established(ts *testscript.TestScript, args []string) observation {
	router := s.speaker(ts, args[0])
	return func(ctx context.Context) (bool, string, error) { return router.session(ctx, args[1]) }
}

// routeAttributes are what route can ask for.
const routeAttributes = "paths as nexthop med localpref community largecommunity extcommunity origin from best multipath " +
	"valid stale originator cluster"

// route is: route HOST PREFIX ATTRIBUTE=VALUE …
func (s *scenario) route(ts *testscript.TestScript, args []string) observation {
	router, prefix := s.speaker(ts, args[0]), parsePrefix(ts, args[1])
	want := readAttributes(ts, args[2:], routeAttributes)
	count := 0
	if n, ok := want["paths"]; ok {
		count = int(number(ts, n))
		delete(want, "paths")
	}
	return func(ctx context.Context) (bool, string, error) {
		paths, err := router.paths(ctx, prefix)
		if err != nil {
			return false, "", err
		}
		saw := fmt.Sprintf("%d paths", len(paths))
		for _, p := range paths {
			saw += "\n" + p.String()
		}
		fit := len(slices.DeleteFunc(paths, func(p attributes) bool { return !p.have(want) }))
		return count == 0 && fit > 0 || count > 0 && fit == count, saw, nil
	}
}

// see is: see HOST COMMAND ARGUMENT … -- REGEXP …
func (s *scenario) see(ts *testscript.TestScript, args []string) observation {
	at := slices.Index(args, "--")
	if at < 2 || at == len(args)-1 {
		ts.Fatalf("it is: see HOST COMMAND ARGUMENT … -- REGEXP …")
	}
	var patterns []*regexp.Regexp
	for _, text := range args[at+1:] {
		pattern, err := regexp.Compile(text)
		ts.Check(err)
		patterns = append(patterns, pattern)
	}
	return func(ctx context.Context) (bool, string, error) {
		out, err := s.ask(ctx, args[0], args[1:at])
		if err != nil {
			return false, "", err
		}
		return !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return !p.MatchString(out) }), out, nil
	}
}

func number(ts *testscript.TestScript, text string) uint32 {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	ts.Check(err)
	return uint32(n)
}
