package status

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "maintenance until 5, ask Kim", "maintenance until 5, ask Kim"},
		{"other scripts stay", "обслуживание до 5, 維護 – ✓", "обслуживание до 5, 維護 – ✓"},
		{"lines", "one\r\ntwo\n\nthree", "one two three"},
		{"colours", "\x1b[31mred\x1b[0m", "[31mred [0m"},
		{"a title for the terminal", "\x1b]0;owned\x07", "]0;owned"},
		{"C1 controls", "a\u009b31mb\u0085c", "a 31mb c"},
		{"writing turned round", "user\u202egnp.exe\u2066", "user gnp.exe"},
		{"hidden", "a\u200bb\ufeffc\u2060d", "a b c d"},
		{"no UTF-8", "a\xffb\xc3", "a b"},
		{"only rubbish", "\x00\x01\n", ""},
		{"blanks around", "  a   b ", "a b"},
		{"too long", strings.Repeat("a", 100), strings.Repeat("a", 46) + " …"},
		{"too long in runes of several bytes", strings.Repeat("é", 50), strings.Repeat("é", 23) + " …"},
		{"just right", strings.Repeat("é", 25), strings.Repeat("é", 25)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.text, 50); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// shows complains about a text that is not fit for a terminal.
func shows(text string, longest int) string {
	if len(text) > longest {
		return "it is too long"
	}
	if !utf8.ValidString(text) {
		return "it is no UTF-8"
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Bidi_Control) {
			return "it contains " + string(r)
		}
	}
	return ""
}

func FuzzClean(f *testing.F) {
	for _, text := range []string{"", "a b", "\x1b[2J", "\u202e", "é\xff", strings.Repeat("é ", 700)} {
		f.Add(text, 1024)
	}
	f.Fuzz(func(t *testing.T, text string, longest int) {
		longest = 8 + max(longest, -longest-1)%4096
		got := Clean(text, longest)
		if why := shows(got, longest); why != "" {
			t.Errorf("%q: %q: %s", text, got, why)
		}
		if again := Clean(got, longest); again != got {
			t.Errorf("%q became %q, and then %q", text, got, again)
		}
	})
}

// FuzzStatusIsClean: whatever strangers say, by any door that leads into a status, it can be printed.
func FuzzStatusIsClean(f *testing.F) {
	f.Add("\x1b[31m\u202e\n", "x\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := &Notification{Code: 6, Subcode: 2, Name: a, Received: true, Shutdown: b}
		s := v1.BGPNodeStatusData{
			NodeName: a, FRRVersion: b,
			Neighbors:     []v1.NeighborStatus{{Description: a, LastError: n.String()}, {Interface: b, LastError: frrSays + a + b}},
			RIB:           &v1.RIBStatus{LocalRoutes: []v1.RIBRoute{{Communities: []string{a, b}, AdvertisedTo: []string{b}}}},
			Configuration: &v1.ConfigurationOnNode{LastPlan: &v1.PlanResult{Resets: []string{a}}},
			Conditions:    []metav1.Condition{{Message: strings.Repeat(a, 3) + b, Reason: b}},
		}
		cleanAll(reflect.ValueOf(&s), longestText)
		allShow(t, s)
	})
}

// allShow complains about every string of an object that is not fit for a terminal.
func allShow(t *testing.T, object any) {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if why := shows(v, longestMessage); why != "" {
				t.Errorf("%q: %s", v, why)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(back)
}
