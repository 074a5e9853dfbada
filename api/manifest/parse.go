package manifest

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// text is a document and what it says.
type text struct {
	chunk
	content map[string]any
	tree    func() *yamlv3.Node // nil if it holds no text
}

func newText(c chunk, content map[string]any) text {
	return text{c, content, sync.OnceValue(func() *yamlv3.Node { return tree(c.text) })}
}

// parse returns the documents of a chunk: none if it holds only comments.
func parse(c chunk) ([]text, *Error) {
	if at := invalidUTF8(c.text); at >= 0 {
		return nil, &Error{Line: c.lineAt(at), Err: errors.New("is not UTF-8 text")}
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(c.text, []byte("---")))
	if bytes.HasPrefix(body, []byte("{")) {
		if texts, ok, err := parseJSON(c); ok {
			return texts, err
		}
	}
	// Only a value in braces, brackets or quotes can be followed by a further
	// document without a marker, which the conversion below would drop.
	decoder := yamlv3.NewDecoder(bytes.NewReader(c.text))
	var first, second yamlv3.Node
	if bytes.ContainsAny(body[:min(1, len(body))], "{[\"'") && decoder.Decode(&first) == nil &&
		!errors.Is(decoder.Decode(&second), io.EOF) {
		return nil, &Error{Line: c.firstLine(), Err: errors.New("text follows the end of the document: put --- between documents")}
	}
	converted, err := yaml.YAMLToJSONStrict(c.text)
	if err != nil {
		return nil, c.syntaxError(err)
	}
	if bytes.Equal(bytes.TrimSpace(converted), []byte("null")) {
		return nil, nil
	}
	content, err := object(converted)
	if err != nil {
		return nil, &Error{Line: c.firstLine(), Err: err}
	}
	return []text{newText(c, content)}, nil
}

// parseJSON reads a chunk as JSON documents, with nothing or space between
// them. ok is false if it is not JSON, but YAML in braces, or broken.
func parseJSON(c chunk) (texts []text, ok bool, failure *Error) {
	body := c.text
	if bytes.HasPrefix(body, []byte("---")) {
		body = append([]byte("   "), body[3:]...)
	}
	decoder := stdjson.NewDecoder(bytes.NewReader(body))
	for {
		var raw stdjson.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return texts, true, failure
		}
		if err != nil {
			return nil, false, nil
		}
		if len(texts) == mostDocuments {
			return texts, true, &Error{Line: c.line, Err: fmt.Errorf("has more than %d documents", mostDocuments)}
		}
		part := chunk{raw, c.lineAt(int(decoder.InputOffset()) - len(raw))}
		content, err := object(raw)
		if err != nil {
			failure = &Error{Line: part.line, Err: err}
			continue
		}
		texts = append(texts, newText(part, content))
	}
}

// object decodes JSON as the API server does: numbers without fraction are
// integers, and a field given twice is a mistake.
func object(data []byte) (map[string]any, error) {
	var content any
	strict, err := json.UnmarshalStrict(data, &content, json.DisallowDuplicateFields)
	if err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if len(strict) > 0 {
		return nil, errors.Join(strict...)
	}
	object, ok := content.(map[string]any)
	if !ok {
		return nil, errors.New("is not a Kubernetes object: it has no fields")
	}
	return object, nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// firstLine is the line of the first thing that is not a comment.
func (c chunk) firstLine() int {
	line := c.line
	for row := range bytes.Lines(c.text) {
		row = bytes.TrimSpace(bytes.TrimPrefix(row, []byte("---")))
		if len(row) > 0 && row[0] != '#' {
			break
		}
		line++
	}
	return line
}

func (c chunk) lineAt(offset int) int {
	return c.line + bytes.Count(c.text[:offset], []byte("\n"))
}

var (
	yamlLine = regexp.MustCompile(`(?s)^yaml: (?:unmarshal errors:\s+)?(?:line (\d+): )?(.*)$`)
	quoted   = regexp.MustCompile("`[^`]*`")
	anchor   = regexp.MustCompile(`(?s)^unknown anchor '.*' referenced$`)
)

// secretLine is a line that has a secret, or may have one: what stands in it after the field's name.
var secretLine = regexp.MustCompile(`(?im)(?:password|stringData|\bdata)\b["']?[ \t]*:?(.*)$`)

// conceal takes the words out of a message that stand after the name of a field for a secret in the text, whatever the mistake.
func (c chunk) conceal(message string) string {
	const marks = "{}[],:\"'&*|>%@`#"
	for _, m := range secretLine.FindAllSubmatch(c.text, -1) {
		for _, word := range strings.FieldsFunc(string(m[1]), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(marks, r) }) {
			if strings.HasPrefix(word, "!!") { // a type of YAML's own
				continue
			}
			if word = strings.Trim(word, "!<>"); len(word) > 2 {
				message = strings.ReplaceAll(message, word, "<redacted>")
			}
		}
	}
	return message
}

// Syntax words an error of a YAML decoder, of which nothing else is known, without what it quotes of the file.
func Syntax(err error) error {
	message := err.Error()
	if at := strings.Index(message, "yaml: "); at >= 0 {
		err = errors.New(message[at:])
	}
	said := chunk{line: 1}.syntaxError(err)
	return fmt.Errorf("line %d of the document: %w", said.Line, said.Err)
}

// syntaxError turns an error of the YAML decoder into a sentence with a line.
// What it quotes of the file is left out: that may be a password.
func (c chunk) syntaxError(err error) *Error {
	parts := yamlLine.FindStringSubmatch(err.Error())
	if parts == nil {
		return &Error{Line: c.line, Err: errors.New("is not YAML")}
	}
	n, unnumbered := strconv.Atoi(parts[1])
	if unnumbered != nil {
		n = c.faultLine()
	}
	line := c.line + n - 1
	message := strings.Join(strings.Fields(quoted.ReplaceAllString(parts[2], "a value")), " ")
	switch {
	case anchor.MatchString(message):
		message = "a value that begins with * refers to an anchor, and there is none of its name; put it in quotes"
	case strings.HasPrefix(message, "invalid map key: "):
		message = "a key is a map or a list; put a value that begins with a brace or a bracket in quotes"
	}
	message = c.conceal(message)
	return &Error{Line: line, Err: errors.New("is not YAML: " + message)}
}
