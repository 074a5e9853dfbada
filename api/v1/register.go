// Package v1 is the API of the group bgp.purelb.io: what a user declares in a
// BGPConfiguration, and what each node reports in its BGPNodeStatus.
//
// The types are the union of every schema that k8gobgp has had and of the
// spellings that its public documentation uses, so that an object written for
// any of them is valid here. The schema refuses what can be judged without
// knowing a node; package validate does the rest.
//
// +kubebuilder:object:generate=true
// +groupName=bgp.purelb.io
package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is the API group and version of every type in this package.
var GroupVersion = schema.GroupVersion{Group: "bgp.purelb.io", Version: "v1"}

var (
	schemeBuilder = runtime.NewSchemeBuilder(func(s *runtime.Scheme) error {
		s.AddKnownTypes(GroupVersion,
			&BGPConfiguration{}, &BGPConfigurationList{},
			&BGPNodeStatus{}, &BGPNodeStatusList{},
		)
		metav1.AddToGroupVersion(s, GroupVersion)
		return nil
	})

	// AddToScheme adds the types of this group to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)
