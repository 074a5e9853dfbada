// Package schema judges objects of this project's API group as the Kubernetes
// API server does, without one: with the same CustomResourceDefinitions, read
// by the same packages.
package schema

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Problem is one reason for which the API server would refuse an object.
type Problem struct {
	// Field is the path of the field: spec.neighbors[3].config.peerAsn.
	Field string
	// Message is the API server's sentence, which names the field too.
	Message string
}

func (p Problem) Error() string { return p.Message }

// Problems is every reason for which the API server would refuse an object.
type Problems []Problem

func (p Problems) Error() string {
	messages := make([]string, len(p))
	for i := range p {
		messages[i] = p[i].Message
	}
	return strings.Join(messages, "; ")
}

// Unwrap gives out each Problem.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i := range p {
		errs[i] = p[i]
	}
	return errs
}

// Check sets the schema's defaults in an object, as the API server does when
// it is created, and returns nil if the server would accept it. Otherwise the
// error is a Problems, or says that the group has no such kind; the object may
// then be changed in part.
//
// Unknown fields are an error, as they are for kubectl. A missing namespace is
// none: the server takes it from the request.
func Check(u *unstructured.Unstructured) error {
	kind, err := kindOf(u.GroupVersionKind())
	if err != nil {
		return err
	}
	problems, err := kind.decode(u.Object)
	if err != nil {
		return Problems{{Field: "metadata", Message: err.Error()}}
	}
	unknown := len(problems)
	for _, e := range kind.validate(u) {
		switch {
		case e == rulesUnchecked:
			problems = append(problems, Problem{Message: e.Detail})
		case e.Field == nowhere && len(problems) > 0: // that the parts of an allOf are refused makes it refused, too
		default:
			problems = append(problems, Problem{Field: e.Field, Message: e.Error()})
		}
	}
	// The server goes through fields in no order; what says nothing of one comes last.
	slices.SortFunc(problems[unknown:], func(a, b Problem) int {
		if (a.Field == "") != (b.Field == "") {
			return -strings.Compare(a.Field, b.Field)
		}
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
	})
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// Decode checks an object and returns it as the type of package v1, defaults
// included.
func Decode(u *unstructured.Unstructured) (runtime.Object, error) {
	if err := Check(u); err != nil {
		return nil, err
	}
	var object runtime.Object
	switch u.GetKind() {
	case kindConfiguration:
		object = new(v1.BGPConfiguration)
	case kindNodeStatus:
		object = new(v1.BGPNodeStatus)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, object); err != nil {
		return nil, fmt.Errorf("%s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return object, nil
}

// decode does what the server does while it reads an object: it finds unknown
// fields, drops nulls and sets defaults (apiextensions-apiserver,
// unstructuredSchemaCoercer).
func (k *kind) decode(object map[string]any) (unknown Problems, err error) {
	_, _, paths, err := objectmeta.GetObjectMetaWithOptions(object,
		objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	paths = append(paths, pruning.PruneWithOptions(object, k.structural, true,
		structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, k.structural)
	defaulting.Default(object, k.structural)
	for i, path := range paths {
		paths[i] = concealed(path)
	}
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		message := fmt.Sprintf("unknown field %q", path)
		if meant := suggest(k.structural, path); meant != "" {
			message += fmt.Sprintf(", did you mean %s?", meant)
		}
		unknown = append(unknown, Problem{Field: path, Message: message})
	}
	return unknown, nil
}

// validate does what the server does before it stores an object
// (apiextensions-apiserver, customResourceStrategy.Validate).
func (k *kind) validate(u *unstructured.Unstructured) field.ErrorList {
	errs := validation.ValidateObjectMetaAccessor(u, k.namespaced && u.GetNamespace() != "",
		validation.NameIsDNSSubdomain, field.NewPath("metadata"))
	errs = append(errs, crdvalidation.ValidateCustomResource(nil, u.Object, k.openAPI)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, u.Object)...)
	if slices.ContainsFunc(errs, blocksRules) {
		return append(errs, rulesUnchecked)
	}
	broken, _ := k.rules.Validate(context.Background(), nil, k.structural, u.Object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, broken...)
}

// nowhere is the field of an error without one.
var nowhere = (*field.Path)(nil).String()

// rulesUnchecked is the server's word for what blocksRules leads to.
var rulesUnchecked = field.Invalid(nil, nil,
	"some validation rules were not checked because the object was invalid; correct the existing errors to complete validation")

// blocksRules reports whether an object with this error is not fit for the CEL
// rules, which rely on types and bounded sizes.
func blocksRules(e *field.Error) bool {
	switch e.Type {
	case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong,
		field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
		return true
	}
	return false
}

// secretField is the only field of the kinds that holds a secret itself.
const secretField = "authPassword"

// concealed is the path of a field that is not known, without what follows the name of a field that holds a secret: that is
// of the secret, written in braces, or after a colon without a space.
func concealed(path string) string {
	for at := 0; ; {
		i := strings.Index(path[at:], secretField)
		if i < 0 {
			return path
		}
		at += i + len(secretField)
		if rest := path[at:]; rest != "" && !strings.HasPrefix(rest, "SecretRef") {
			return path[:at] + "…"
		}
	}
}
