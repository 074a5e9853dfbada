//go:build linux

package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The chart's README says of every value what values.yaml says.
func TestChartREADME(t *testing.T) {
	text, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| Key | Type | Default | Description |\n|---|---|---|---|\n")
	rows(t, &table, "", document.Content[0])
	readme := chart + "/README.md"
	is, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- values -->\n", "<!-- /values -->\n"
	head, rest, found := strings.Cut(string(is), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the table of values", readme)
	}
	golden(t, readme, head+begin+table.String()+end+tail)
}

// rows writes one row per value that has a description, and looks into those that have none, as helm-docs does.
func rows(t *testing.T, table *strings.Builder, prefix string, mapping *yaml.Node) {
	t.Helper()
	for i := 0; i < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		name := strings.TrimPrefix(prefix+"."+key.Value, ".")
		if says, found := strings.CutPrefix(key.HeadComment, "# -- "); found {
			fmt.Fprintf(table, "| %s | %s | `%s` | %s |\n", name, kind(t, value), compact(t, value), says)
			continue
		}
		if value.Kind != yaml.MappingNode {
			t.Errorf("values.yaml says nothing of %s", name)
			continue
		}
		rows(t, table, name, value)
	}
}

func kind(t *testing.T, value *yaml.Node) string {
	t.Helper()
	names := map[string]string{"!!str": "string", "!!bool": "bool", "!!int": "int", "!!map": "object", "!!seq": "list"}
	name, found := names[value.Tag]
	if !found {
		t.Errorf("line %d: a value with the tag %s", value.Line, value.Tag)
	}
	return name
}

func compact(t *testing.T, value *yaml.Node) string {
	t.Helper()
	var v any
	if err := value.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(text.String())
}
