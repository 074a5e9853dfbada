package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// LabelSelector selects nodes by their labels, as the LabelSelector of Kubernetes does. All of its
// requirements must hold.
//
// +structType=atomic
type LabelSelector struct {
	// MatchLabels are labels that a node must have, with these values.
	// +kubebuilder:validation:MaxProperties=128
	MatchLabels map[string]LabelValue `json:"matchLabels,omitempty"`
	// MatchExpressions are further requirements.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	MatchExpressions []LabelSelectorRequirement `json:"matchExpressions,omitempty"`
}

// LabelValue is the value of a label.
//
// +kubebuilder:validation:MaxLength=256
type LabelValue string

// LabelSelectorRequirement is a requirement for one label.
type LabelSelectorRequirement struct {
	// Key is the label.
	// +kubebuilder:validation:MaxLength=512
	Key string `json:"key"`
	// Operator is In, NotIn, Exists or DoesNotExist.
	// +kubebuilder:validation:MaxLength=64
	Operator string `json:"operator"`
	// Values are those of In and NotIn.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=4096
	Values []LabelValue `json:"values,omitempty"`
}

// Selector returns the selector in the form that matches labels. One without requirements selects
// everything, nil selects nothing.
func (s *LabelSelector) Selector() (labels.Selector, error) {
	if s == nil {
		return labels.Nothing(), nil
	}
	standard := metav1.LabelSelector{MatchLabels: map[string]string{}}
	for key, value := range s.MatchLabels {
		standard.MatchLabels[key] = string(value)
	}
	for _, r := range s.MatchExpressions {
		requirement := metav1.LabelSelectorRequirement{Key: r.Key, Operator: metav1.LabelSelectorOperator(r.Operator)}
		for _, value := range r.Values {
			requirement.Values = append(requirement.Values, string(value))
		}
		standard.MatchExpressions = append(standard.MatchExpressions, requirement)
	}
	return metav1.LabelSelectorAsSelector(&standard)
}
