package supervise

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// TestRenderedOnce checks that an input is rendered once, and again when any part of it is another.
func TestRenderedOnce(t *testing.T) {
	s := New(Options{ConfigDir: t.TempDir()})
	renderer, err := ownRenderer()
	if err != nil {
		t.Fatal(err)
	}
	dialect, err := render.DialectOf("10.3")
	if err != nil {
		t.Fatal(err)
	}
	c := &v1.BGPConfiguration{Spec: v1.BGPConfigurationSpec{Global: v1.Global{ASN: 65000}, NetlinkImport: &v1.NetlinkImport{Enabled: true, InterfaceList: []string{"kube-lb0"}}}}
	in := render.Input{Objects: render.Objects{Configuration: c, Node: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "worker-1"}}}, Dialect: dialect}
	in.Prepared = render.Prepare(c, nil)

	first, err := s.renderBare(in, renderer)
	if err != nil {
		t.Fatal(err)
	}
	other := in
	other.WithoutBFD = true
	if second, err := s.renderBare(other, renderer); err != nil || second == first {
		t.Errorf("another input has the same rendering: %v", err)
	}
	if again, err := s.renderBare(in, renderer); err != nil || again != first {
		t.Errorf("the same input is rendered twice: %v", err)
	}

	full, err := s.renderFull(in, renderer)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.renderFull(in, renderer); err != nil || again.config != full.config || again.text != full.text {
		t.Errorf("the same input is rendered twice: %v", err)
	}
	in.Links = []render.Link{{Name: "kube-lb0", Up: true, Addresses: []render.Address{{Prefix: netip.MustParsePrefix("10.9.9.1/32")}}}}
	if now, err := s.renderFull(in, renderer); err != nil || now.config == full.config || len(now.config.Import.Mirrored) != 1 {
		t.Errorf("an address that came is not rendered: %v", err)
	}
	own, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := s.renderBare(in, own); err != nil || other == first {
		t.Errorf("other templates have the same rendering: %v", err)
	}
}
