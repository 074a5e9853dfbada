package supervise

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// expensive is a valid configuration that takes some time to check.
func expensive(members int) render.Objects {
	set := v1.DefinedSet{Type: "as-path", Name: "s"}
	for i := range members {
		set.List = append(set.List, fmt.Sprintf("^%s(%s64999)*_%d$", strings.Repeat("(1|23)", 40), strings.Repeat("64512|", 29), 64512+i))
	}
	return render.Objects{
		Configuration: &v1.BGPConfiguration{Spec: v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}, DefinedSets: []v1.DefinedSet{set}}},
		Node:          &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "worker-1"}},
	}
}

// TestPreparedOnce checks that a configuration is prepared once, that a pass does not wait for it, and that there is
// another pass when it is prepared.
func TestPreparedOnce(t *testing.T) {
	s := New(Options{ConfigDir: t.TempDir()})
	slow, quick := expensive(1500), expensive(0)
	if s.prepare(quick) == nil || !s.ready(quick) {
		t.Fatal("a small configuration is not prepared at once")
	}
	for !s.ready(slow) { // as often as it takes
		<-s.look
	}
	first := s.prepare(slow)
	again := slow
	again.Configuration = slow.Configuration.DeepCopy()
	if !s.ready(again) || s.prepare(again) != first {
		t.Error("it is prepared twice")
	}
	if s.prepared.find(quick) == nil {
		t.Error("the one before is not known any more")
	}
	other := expensive(1400)
	s.prepared.coming = &preparing{configuration: slow.Configuration, node: slow.Node, done: make(chan struct{})}
	if s.ready(other) {
		t.Error("two are prepared at the same time")
	}
	if s.prepare(other) == nil {
		t.Error("what has to be had at once is not prepared beside another")
	}
}
