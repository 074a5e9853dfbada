package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// phrase is one that comments and pages should not have, with what to write instead.
type phrase struct {
	pattern *regexp.Regexp
	instead string
	// most is how many there may be; it only ever becomes smaller.
	most int
}

// phrases are of a dialect that readers stumble over.
var phrases = []phrase{
	{regexp.MustCompile(`(?i)\b(says?|tells?) whether\b`), "reports whether", 1},
	{regexp.MustCompile(`(?i)\bby hand\b`), "manually, manual", 37},
	{regexp.MustCompile(`(?i)\bfor (ever|good)\b`), "permanently", 1},
	{regexp.MustCompile(`(?i)\banew\b`), "again", 6},
	{regexp.MustCompile(`(?i)\bamiss\b`), "wrong, invalid", 1},
	{regexp.MustCompile(`(?i)\bin (its|the) midst\b`), "midway, in the middle", 6},
	{regexp.MustCompile(`(?i)\bgravest\b`), "most severe", 1},
	{regexp.MustCompile(`(?i)\bfor want of\b`), "without, for lack of", 0},
	{regexp.MustCompile(`(?i)\bas an example\b`), "for example", 0},
	{regexp.MustCompile(`(?i)\b(nobody|somebody|whoever)\b`), "the subject by name", 187},
	{regexp.MustCompile(`(?i)\b(is|are) told of\b`), "reports, is notified of", 16},
}

// TestLanguage counts phrases that no reader should have to stumble over in the comments of the code and in the pages.
func TestLanguage(t *testing.T) {
	found := make([][]string, len(phrases)) // the places of each
	look := func(place, text string) {
		for i, p := range phrases {
			for range p.pattern.FindAllString(text, -1) {
				found[i] = append(found[i], place)
			}
		}
	}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			text, err := os.ReadFile(path)
			look(path, string(text))
			return err
		case strings.HasSuffix(path, ".go") && !strings.HasPrefix(entry.Name(), "zz_generated"):
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, c := range file.Comments {
				look(files.Position(c.Pos()).String(), strings.Join(strings.Fields(c.Text()), " "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range phrases {
		switch n := len(found[i]); {
		case n > p.most:
			t.Errorf("%s: %d times, at most %d; write: %s\n\t%s", p.pattern, n, p.most, p.instead, strings.Join(found[i], "\n\t"))
		case n < p.most:
			t.Errorf("%s: %d times; lower the limit of %d to it", p.pattern, n, p.most)
		}
	}
}
