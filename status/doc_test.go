package status

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// docs/status.md tells of every field, every condition with every reason, and of whatever can be said of a session.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/status.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("observation.go")
	if err != nil {
		t.Fatal(err)
	}
	tell := func(what, word string) {
		if !strings.Contains(string(doc), word) {
			t.Errorf("docs/status.md does not mention %s %s", what, word)
		}
	}
	words := regexp.MustCompile(`(?m)^\s+(?:Reason\w+|Outcome\w+(?: Outcome)?|\w+(?:Reachable|Applied|Resolved|Configured|Healthy))\s+= "(\w+)"`).FindAllSubmatch(source, -1)
	if len(words) < 30 {
		t.Fatalf("only %d conditions and reasons found", len(words))
	}
	for _, w := range words {
		tell("the condition or reason", "`"+string(w[1])+"`")
	}
	said := []cause{awaited, heldBack, stateless, noBGPD, notInFRR, noOpen, noKeepalive, noHost, wrongPassword, noPassword, itsPassword, silent, refused, notAccepted}
	for text := range causes {
		if c := causeOf(text); !c.sent && c.text != "" {
			said = append(said, c)
		}
	}
	for _, c := range said {
		start, _, _ := strings.Cut(c.text, ", ")
		tell("the error", "`"+start)
	}
	var walk func(reflect.Type)
	walk = func(r reflect.Type) {
		switch r.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(r.Elem())
		case reflect.Struct:
			if r == reflect.TypeFor[metav1.Time]() || r == reflect.TypeFor[metav1.Condition]() {
				return
			}
			for i := range r.NumField() {
				name, _, _ := strings.Cut(r.Field(i).Tag.Get("json"), ",")
				if !regexp.MustCompile(`[.\x60]` + name + `(\[\])?\x60|[.]` + name + `\b|\x60` + name + `\b`).Match(doc) {
					t.Errorf("docs/status.md does not mention the field %s", name)
				}
				walk(r.Field(i).Type)
			}
		}
	}
	walk(reflect.TypeFor[v1.BGPNodeStatusData]())
}
