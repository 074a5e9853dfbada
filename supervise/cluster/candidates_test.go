package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// TestCandidates checks of which BGPConfigurations a watch passes on the whole, and when everything is read again.
func TestCandidates(t *testing.T) {
	many := make([]string, mostCandidates)
	for i := range many {
		many[i] = fmt.Sprintf("+x%02d", i)
	}
	for name, tc := range map[string]struct {
		more   bool
		known  map[string]bool // by an earlier list
		events []string        // + added or modified, - deleted
		passed []string        // with * as a whole; ! for another list, nothing for what is not passed on
	}{
		"the first":                            {events: []string{"+a", "+a"}, passed: []string{"+a*", "+a*"}},
		"a second one":                         {events: []string{"+a", "+b", "+a", "-b"}, passed: []string{"+a*", "+b", "+a", "!"}},
		"the first remains":                    {events: []string{"+a", "+b", "-b"}, passed: []string{"+a*", "+b", "-b"}},
		"the preferred one beside others":      {events: []string{"+a", "+b", "+default", "+a"}, passed: []string{"+a*", "+b", "+default*", "+a"}},
		"the preferred one goes":               {events: []string{"+a", "+default", "-default"}, passed: []string{"+a*", "+default*", "-default"}},
		"the preferred one goes, several stay": {known: map[string]bool{"a": false, "b": false, "default": true}, events: []string{"-default", "-a"}, passed: []string{"-default", "!"}},
		"one of which the name is known":       {known: map[string]bool{"a": false, "default": true}, events: []string{"-default"}, passed: []string{"!"}},
		"no known one of many":                 {more: true, known: map[string]bool{"a": false, "b": false}, events: []string{"-a"}, passed: []string{"!"}},
		"many beside the preferred one":        {more: true, known: map[string]bool{"a": false, "default": true}, events: []string{"-a", "-z", "+default"}, passed: []string{"-a", "", "+default*"}},
		"more than are known by name":          {events: append(slices.Clone(many), "+y", "+default", "-y"), passed: append(append([]string{"+x00*"}, many[1:]...), "", "+default*", "")},
	} {
		t.Run(name, func(t *testing.T) {
			c := &candidates{preferred: "default", more: tc.more, known: map[string]bool{}}
			for name, whole := range tc.known {
				c.known[name] = whole
			}
			for i, event := range tc.events {
				o := &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: event[1:], ResourceVersion: "7"}}
				o.Spec.Global.ASN = 65000
				kind := watch.Modified
				if strings.HasPrefix(event, "-") {
					kind = watch.Deleted
				}
				got := ""
				switch e, ok := c.event(watch.Event{Type: kind, Object: o}); {
				case ok && e.Type == watch.Error:
					got = "!"
				case ok:
					passed := e.Object.(*v1.BGPConfiguration)
					got = event[:1] + passed.Name
					if passed.Spec.Global.ASN != 0 {
						got += "*"
					}
					if passed.ResourceVersion != "7" {
						t.Errorf("%s: the version is lost", event)
					}
				}
				if got != tc.passed[i] {
					t.Errorf("event %d, %s: passed on %q, and not %q", i, event, got, tc.passed[i])
				}
			}
		})
	}
	if e, ok := (&candidates{}).event(watch.Event{Type: watch.Bookmark, Object: &v1.BGPConfiguration{}}); !ok || e.Type != watch.Bookmark {
		t.Error("a bookmark is not passed on")
	}
}
