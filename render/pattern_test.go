package render

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// A pattern gives each node the text that it has by itself, and no password to
// anybody else.
func TestPattern(t *testing.T) {
	config := &Config{Node: "node-1", ASN: 65000, RouterID: RouterID{netip.MustParseAddr("10.0.0.1"), FromSpec},
		Instance: Instance{Families: []v1.Family{v1.IPv4Unicast}, Neighbors: []Neighbor{
			{ID: "192.0.2.1", Description: "to node-1 by 10.0.0.1", PeerASN: 65001, Session: Session{Password: NewSecret(hunter2)}}}}}
	renderer, err := NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	made, ok, err := renderer.Pattern(config)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	own := mustText(t, config)
	for _, p := range []Pattern{made, PatternOf(own, "node-1", config.RouterID)} {
		if got := p.For("node-1", config.RouterID).Reveal(); got != own.Reveal() {
			t.Errorf("not the node's own text:\n%s", got)
		}
		var shown strings.Builder
		_ = p.Redacted().Write(&shown, "node-1", config.RouterID)
		if shown.String() != own.String() {
			t.Errorf("not the node's redacted text:\n%s", shown.String())
		}
		if said := fmt.Sprintf("%v %+v %#v %v", p, p, p, struct{ p Pattern }{p}); strings.Contains(said, hunter2) {
			t.Error("the password is shown: " + said)
		}
	}
	other := *config
	other.Node, other.RouterID.Address = "other", netip.MustParseAddr("10.0.0.2")
	if got := made.For("other", other.RouterID).Reveal(); got != mustText(t, &other).Reveal() {
		t.Errorf("not the other node's text:\n%s", got)
	}
}

// A user's template may decide by the node, so that no pattern is sure.
func TestNoPatternWithOverrides(t *testing.T) {
	renderer, err := NewRenderer(map[string]string{"operator.tmpl": "! x\n"})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := renderer.Pattern(&Config{}); ok || err != nil {
		t.Error(ok, err)
	}
}
