package fields

import (
	"regexp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/api/schema"
)

var index = regexp.MustCompile(`\[[^\]]*\]`)

// Find returns the fields that are meant by a text: one by its name, with or
// without spec and indices, or those whose name ends so. If there are none,
// like are fields with a similar name.
func Find(text string) (found, like []string) {
	name := strings.TrimPrefix(index.ReplaceAllString(strings.TrimSpace(text), ""), "spec.")
	all := Names()
	if slices.Contains(all, name) {
		return []string{name}, nil
	}
	least := 1 + len(name)/3
	for _, field := range all {
		switch {
		case strings.HasSuffix(strings.ToLower(field), "."+strings.ToLower(name)):
			found = append(found, field)
		case strings.HasPrefix(field, name+"."):
			like = append(like, field)
		}
	}
	if len(found) > 0 || len(like) > 0 {
		return found, like
	}
	for _, field := range all {
		d := schema.Distance(strings.ToLower(name), strings.ToLower(field))
		if !strings.Contains(name, ".") {
			d = schema.Distance(strings.ToLower(name), strings.ToLower(field[strings.LastIndexByte(field, '.')+1:]))
		}
		switch {
		case d < least:
			least, like = d, []string{field}
		case d == least && d < 1+len(name)/3:
			like = append(like, field)
		}
	}
	return nil, like
}
