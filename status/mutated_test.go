package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// changes are what a release of FRR may do to a value.
var changes = map[string]func(any) any{
	"null":      func(any) any { return nil },
	"an object": func(any) any { return map[string]any{"value": 1} },
	"a list":    func(any) any { return []any{"x"} },
	"a word":    func(any) any { return "somethingNew" },
	"a number":  func(any) any { return 7 },
	"a string of it": func(v any) any {
		if n, ok := v.(json.Number); ok {
			return n.String()
		}
		return v
	},
	"missing": nil, // and renamed: the same to a reader, but for the key that is new
}

// place is a value in a document: keys and indexes from the top.
type place []any

// places lists all below the top, every how-manieth.
func places(v any, at place, out *[]place) {
	if len(at) > 0 {
		*out = append(*out, slices.Clone(at))
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			places(v[key], append(at, key), out)
		}
	case []any:
		for i := range v {
			places(v[i], append(at, i), out)
		}
	}
}

// mutate returns a document with another value at a place; the key of one that is missing is renamed.
func mutate(v any, at place, change func(any) any) any {
	if len(at) == 0 {
		return change(v)
	}
	switch v := v.(type) {
	case map[string]any:
		out, key := maps.Clone(v), at[0].(string)
		if len(at) == 1 && change == nil {
			delete(out, key)
			out[key+"New"] = v[key]
		} else {
			out[key] = mutate(v[key], at[1:], change)
		}
		return out
	case []any:
		out, i := slices.Clone(v), at[0].(int)
		if len(at) == 1 && change == nil {
			return slices.Delete(out, i, i+1)
		}
		out[i] = mutate(v[i], at[1:], change)
		return out
	}
	return v
}

// TestMutatedAnswers: whatever a release changes in one value of an answer, nothing panics, nothing else is lost, no session is said to
// be up that is not, and a number that became a string is read.
func TestMutatedAnswers(t *testing.T) {
	for _, c := range []struct{ version, situation string }{{"8.4", "mixed"}, {"8.4", "states"}, {"10.3", "mixed"}, {"10.7", "states"}} {
		t.Run(c.version+"/"+c.situation, func(t *testing.T) {
			t.Parallel()
			summary, neighbors := capture(t, c.version, c.situation, SummaryCommand), capture(t, c.version, c.situation, NeighborsCommand)
			whole, err := understood(summary, neighbors)
			if err != nil || len(whole.Unread) > 0 {
				t.Fatal(whole.Unread, err)
			}
			tried := 0
			each(t, summary, func(what string, at place, answer []byte) {
				tried++
				got, err := understood(answer, neighbors)
				compareMutated(t, SummaryCommand, what, at, whole, got, err)
			})
			each(t, neighbors, func(what string, at place, answer []byte) {
				tried++
				got, err := understood(summary, answer)
				compareMutated(t, NeighborsCommand, what, at, whole, got, err)
			})
			if tried < 300 {
				t.Errorf("only %d changes tried", tried)
			}
		})
	}
}

// read are the keys that are read. A third of the changes is tried on each, and some on others.
var read = strings.Fields("tableVersion ribCount peers remoteAs localAs peerUptimeEstablishedEpoch pfxRcd pfxSnt state connectionsEstablished " +
	"connectionsDropped dynamicPeer bgpState bgpNeighborAddr lastResetDueTo downLastResetDueTo lastErrorCodeSubcode " +
	"lastNotificationReason lastShutdownDescription peerBfdInfo status")

func each(t *testing.T, answer []byte, try func(what string, at place, answer []byte)) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		t.Fatal(err)
	}
	var all []place
	places(document, nil, &all)
	for i, at := range all {
		key, _ := at[len(at)-1].(string)
		for k, what := range slices.Sorted(maps.Keys(changes)) {
			if mine := slices.Contains(read, key); mine && (i+k)%3 != 0 || !mine && (i%11 != 0 || i/11%len(changes) != k) {
				continue
			}
			text, err := json.Marshal(mutate(document, at, changes[what]))
			if err != nil {
				t.Fatal(err)
			}
			try(what, at, text)
		}
	}
}

func understood(summary, neighbors []byte) (Instance, error) {
	var i Instance
	var err error
	for _, parse := range []func() error{
		func() (err error) { i.Summary, err = ParseSummary(summary); return err },
		func() (err error) { i.Neighbors, err = ParseNeighbors(neighbors); return err },
	} {
		var parts Unread
		if err = parse(); errors.As(err, &parts) {
			i.Unread, err = append(i.Unread, parts...), nil
		}
		if err != nil {
			return i, err
		}
	}
	i.Complete()
	return i, nil
}

// compareMutated compares all sessions but the one that the changed value is of, or those of the family.
func compareMutated(t *testing.T, command, what string, at place, whole, got Instance, err error) {
	t.Helper()
	where := fmt.Sprintf("%s, %v is %s", command, at, what)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	within := func(key string) bool { return slices.Contains(at, any(key)) }
	for family, table := range whole.Summary {
		if command == SummaryCommand && within(family) && (len(at) == 1 || len(at) == 2 && at[1] == "peers") {
			continue // the family, or its peers, are not to be had
		}
		for name, was := range table.Peers {
			is, known := got.Summary[family].Peers[name]
			its := within(name) && (command == NeighborsCommand || within(family))
			switch {
			case !its && is != was:
				t.Errorf("%s: %s in %s is %+v, and was %+v", where, name, family, is, was)
			case !known && what != "missing":
				t.Errorf("%s: %s is lost", where, name)
			case fsm(is.State) == Established && fsm(was.State) != Established:
				t.Errorf("%s: %s is up", where, name)
			case what == "a string of it" && is != was:
				t.Errorf("%s: %s is %+v, and was %+v", where, name, is, was)
			case what != "a word" && what != "a number" && known && fsm(is.State) != fsm(was.State) && len(got.Unread) == 0:
				t.Errorf("%s: %s is %q, and nothing is said of it", where, name, is.State)
			}
		}
	}
	for name, was := range whole.Neighbors {
		if is := got.Neighbors[name]; !(command == NeighborsCommand && within(name)) && fmt.Sprintf("%+v", is.Reset.Cause+is.Address.String()) != fmt.Sprintf("%+v", was.Reset.Cause+was.Address.String()) {
			t.Errorf("%s: %s is %+v, and was %+v", where, name, is, was)
		}
	}
	if command == SummaryCommand && len(at) == 2 && at[1] == "ribCount" && what != "a string of it" && what != "a number" {
		if size := got.Summary[at[0].(string)].Size; size != UnknownSize {
			t.Errorf("%s: the table is walked, of %d", where, size)
		}
	}
	s := Build(Observation{Now: now, Node: "n", Config: &render.Config{}, Snapshot: &Snapshot{Instance: got}})
	if _, err := json.Marshal(s); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	if unread := len(got.Unread) > 0; unread != (s.Conditions[1].Reason == ReasonScrapeFailed) {
		t.Errorf("%s: unread %q, condition %+v", where, got.Unread, s.Conditions[1])
	}
}

// The other answers likewise: nothing panics, and only a value that the answer is about as a whole makes an error.
func TestMutatedRoutes(t *testing.T) {
	p := netip.MustParsePrefix("10.200.0.0/24")
	command, _ := NeighborRoutesCommand("ipv4Unicast", "10.9.0.1")
	for _, version := range versions {
		each(t, capture(t, version, "mixed", PrefixCommand(p)), func(what string, at place, answer []byte) {
			if got, err := ParsePrefix(p, answer); err != nil || at[0] != "paths" && len(got.Paths) == 0 {
				t.Errorf("%s: %v is %s: %+v, %v", version, at, what, got, err)
			}
		})
		each(t, capture(t, version, "mixed", command), func(what string, at place, answer []byte) {
			if got, err := ParseReceived("10.9.0.1", answer); err != nil || at[0] != "routes" && len(got) == 0 {
				t.Errorf("%s: %v is %s: %+v, %v", version, at, what, got, err)
			}
		})
	}
	each(t, capture(t, "10.7", "states", NextHopsCommand), func(what string, at place, answer []byte) {
		got, err := ParseNextHops(answer)
		if err != nil || len(at) > 1 && at[1] != "10.99.0.1" && got[netip.MustParseAddr("10.99.0.1")] != RouteMissing {
			t.Errorf("%v is %s: %v", at, what, err)
		}
	})
	each(t, []byte(`{"10.200.0.0/24":[{"prefix":"10.200.0.0/24","protocol":"static","distance":17},{"protocol":"connected","selected":true}]}`),
		func(what string, at place, answer []byte) {
			if _, err := ParseRoute(p, answer); err != nil {
				t.Errorf("%v is %s: %v", at, what, err)
			}
		})
	each(t, []byte(`{"ipv4Unicast":[{"instance":"VRF blue","totalPrefixes":7}],"x":1}`), func(what string, at place, answer []byte) {
		if _, err := ParseStatistics(answer); err != nil {
			t.Errorf("%v is %s: %v", at, what, err)
		}
	})
}
