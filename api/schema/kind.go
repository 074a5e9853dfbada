package schema

import (
	"fmt"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/deploy/crd"
)

const (
	kindConfiguration = "BGPConfiguration"
	kindNodeStatus    = "BGPNodeStatus"
)

// kind is a CustomResourceDefinition made ready to judge objects.
type kind struct {
	namespaced bool
	structural *structural.Structural
	openAPI    validation.SchemaValidator
	rules      *cel.Validator
}

// kinds compiles each definition when the first object of the kind comes: the
// CEL rules cost more than all the rest of a small program.
var kinds = map[string]func() (*kind, error){
	kindConfiguration: sync.OnceValues(func() (*kind, error) { return compile(crd.BGPConfiguration) }),
	kindNodeStatus:    sync.OnceValues(func() (*kind, error) { return compile(crd.BGPNodeStatus) }),
}

func kindOf(gvk schema.GroupVersionKind) (*kind, error) {
	compiled, ok := kinds[gvk.Kind]
	if !ok || gvk.GroupVersion() != v1.GroupVersion {
		return nil, fmt.Errorf("no kind %q in %q: %s has %s and %s",
			gvk.Kind, gvk.GroupVersion(), v1.GroupVersion, kindConfiguration, kindNodeStatus)
	}
	return compiled()
}

func compile(manifest []byte) (*kind, error) {
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(manifest, &definition); err != nil {
		return nil, fmt.Errorf("embedded CustomResourceDefinition: %w", err)
	}
	k := &kind{namespaced: definition.Spec.Scope == apiextensionsv1.NamespaceScoped}
	for _, version := range definition.Spec.Versions {
		if version.Name != v1.GroupVersion.Version {
			continue
		}
		var props apiextensions.JSONSchemaProps
		err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(
			version.Schema.OpenAPIV3Schema, &props, nil)
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", definition.Name, err)
		}
		if k.structural, err = structural.NewStructural(&props); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", definition.Name, err)
		}
		if k.openAPI, _, err = validation.NewSchemaValidator(&props); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", definition.Name, err)
		}
		k.rules = cel.NewValidator(k.structural, true, celconfig.PerCallLimit)
		return k, nil
	}
	return nil, fmt.Errorf("embedded CustomResourceDefinition %s has no version %s", definition.Name, v1.GroupVersion.Version)
}
