package manifest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/k8frr/k8frr/api/schema"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// item is an object and its path in the document that it is in: empty for a
// document that is the object, items[3] for one of a list.
type item struct {
	content map[string]any
	path    string
	line    int
}

// items returns the objects of a document, which may be a list of them. An
// item of a typed list is of the list's kind if it does not say otherwise.
func (t text) items() ([]item, error) {
	if n := count(t.content, mostDocuments); n > mostDocuments {
		return nil, fmt.Errorf("has more than %d objects in a list", mostDocuments)
	}
	return t.listed(item{content: t.content, line: t.firstLine()}), nil
}

// count returns how many objects a document has, or one more than most.
func count(content map[string]any, most int) int {
	elements, isList := elementsOf(content)
	if !isList {
		return 1
	}
	n := 0
	for _, element := range elements {
		inner, _ := element.(map[string]any)
		if n += count(inner, most-n); n > most {
			return most + 1
		}
	}
	return n
}

// elementsOf returns the items of a list, and false for any other object.
func elementsOf(content map[string]any) (elements []any, isList bool) {
	kind, _ := content["kind"].(string)
	elements, isList = content["items"].([]any)
	return elements, isList && strings.HasSuffix(kind, "List")
}

func (t text) listed(list item) []item {
	kind, _ := list.content["kind"].(string)
	elements, isList := elementsOf(list.content)
	if !isList {
		return []item{list}
	}
	var items []item
	for i, element := range elements {
		path := joinPath(list.path, "items["+strconv.Itoa(i)+"]")
		content, ok := element.(map[string]any)
		if !ok {
			content = map[string]any{}
		}
		if kind != "List" && content["kind"] == nil {
			content["kind"] = strings.TrimSuffix(kind, "List")
			content["apiVersion"] = list.content["apiVersion"]
		}
		line, _ := t.at(path)
		items = append(items, t.listed(item{content, path, line})...)
	}
	return items
}

// decode makes the object of an item.
func (i item) decode() (Document, error) {
	u := &unstructured.Unstructured{Object: i.content}
	d := Document{
		Line:       i.line,
		APIVersion: u.GetAPIVersion(), Kind: u.GetKind(),
		Namespace: u.GetNamespace(), Name: u.GetName(),
	}
	if d.Kind == "" || d.APIVersion == "" {
		return d, errors.New("is not a Kubernetes object: apiVersion and kind are required")
	}
	var err error
	switch group, _, _ := strings.Cut(d.APIVersion, "/"); {
	case group == v1.GroupVersion.Group && d.Kind != "BGPNodeStatus":
		d.Object, err = configuration(u)
	case d.APIVersion == "v1" && d.Kind == "Node":
		d.Object, err = convert(u, new(corev1.Node))
	case d.APIVersion == "v1" && d.Kind == "Secret":
		d.Object, err = secret(u)
	}
	return d, err
}

// configuration leaves out the status, which is not the user's: the API server
// ignores one that is applied, too.
func configuration(u *unstructured.Unstructured) (runtime.Object, error) {
	delete(u.Object, "status")
	unstructured.RemoveNestedField(u.Object, "metadata", "managedFields")
	return schema.Decode(u)
}

func isConfiguration(d Document) bool {
	_, ok := d.Object.(*v1.BGPConfiguration)
	return ok
}

func convert[T runtime.Object](u *unstructured.Unstructured, into T) (runtime.Object, error) {
	unstructured.RemoveNestedField(u.Object, "metadata", "managedFields")
	if u.GetName() == "" {
		return nil, problem("metadata.name", "Required value")
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, into); err != nil {
		return nil, err
	}
	return into, nil
}

// secret checks the data itself, so that a message names the key and shows
// nothing of the value.
func secret(u *unstructured.Unstructured) (runtime.Object, error) {
	encoded, err := textMap(u, "data")
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(encoded)) {
		if _, err := base64.StdEncoding.DecodeString(encoded[key]); err != nil {
			return nil, problem("data["+key+"]", "is not base64; plain text belongs in stringData")
		}
	}
	plain, err := textMap(u, "stringData")
	if err != nil {
		return nil, err
	}
	s := new(corev1.Secret)
	if _, err := convert(u, s); err != nil {
		return nil, err
	}
	for key, value := range plain {
		if s.Data == nil {
			s.Data = map[string][]byte{}
		}
		s.Data[key] = []byte(value)
	}
	s.StringData = nil
	return s, nil
}

// textMap returns a field that maps keys to text. What is written but empty is
// empty text.
func textMap(u *unstructured.Unstructured, field string) (map[string]string, error) {
	if u.Object[field] == nil {
		return nil, nil
	}
	object, ok := u.Object[field].(map[string]any)
	if !ok {
		return nil, problem(field, "must map keys to text")
	}
	texts := make(map[string]string, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if texts[key], ok = object[key].(string); !ok && object[key] != nil {
			return nil, problem(field+"["+key+"]", "must be text; put it in quotes")
		}
	}
	return texts, nil
}

func problem(field, message string) schema.Problem {
	return schema.Problem{Field: field, Message: field + ": " + message}
}
