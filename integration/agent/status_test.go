//go:build linux

package agent

import (
	"os"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// report reads the status file.
func (n *node) report() (v1.BGPNodeStatus, error) {
	var s v1.BGPNodeStatus
	text, err := os.ReadFile(n.status)
	if err != nil {
		return s, err
	}
	return s, yaml.UnmarshalStrict(text, &s)
}

// condition waits until the status file has a condition with a status and a message that contains every one of some texts,
// and returns it.
func (n *node) condition(kind string, status metav1.ConditionStatus, texts ...string) metav1.Condition {
	n.t.Helper()
	var found metav1.Condition
	n.eventually("the condition "+kind+"="+string(status)+" says "+strings.Join(texts, ", "), func() bool {
		s, err := n.report()
		if err != nil {
			return false
		}
		for _, c := range s.Status.Conditions {
			if c.Type != kind || c.Status != status {
				continue
			}
			found = c
			missing := false
			for _, text := range texts {
				missing = missing || !strings.Contains(c.Message, text)
			}
			return !missing
		}
		return false
	})
	return found
}
