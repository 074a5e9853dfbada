package supervise

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// A value of a Secret that can be no password is in no file.
func TestLastGoodKeepsPasswordsOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "good.json")
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &declared{render.Objects{
		Configuration: &v1.BGPConfiguration{}, Node: &corev1.Node{},
		Secrets: map[string]map[string]render.Secret{"named": {"password": render.NewSecret("s3cret\n"), "key": render.NewSecret("-----BEGIN PRIVATE KEY-----\nMII\n")}},
	}, renderer, nil}
	if err := (&lastGood{path: path}).keep(d); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "s3cret") || strings.Contains(string(text), "PRIVATE") {
		t.Errorf("%s", text)
	}
}

func TestLastGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "good.json")
	if o := (&lastGood{path: path}).load(); o != nil {
		t.Fatalf("nothing was kept, but %v is", o)
	}
	renderer, err := render.NewRenderer(map[string]string{"operator.tmpl": "access-list MINE seq 5 permit any"})
	if err != nil {
		t.Fatal(err)
	}
	d := &declared{render.Objects{
		Configuration: &v1.BGPConfiguration{}, Node: &corev1.Node{},
		Secrets: map[string]map[string]render.Secret{"passwords": {"password": render.NewSecret("s3cret")}},
	}, renderer, &omissions{fingerprint: "f", base: "router bgp 1\n", list: []omission{{Part: plan.Part{Kind: plan.PeerPart, Name: "10.0.0.1"}, field: "spec.neighbors[0]",
		said: "no", untaken: []plan.Command{{Context: []string{"router bgp 1"}, Line: "neighbor 10.0.0.1 remote-as 1"}}, times: 1}}}}
	o := &d.objects
	o.Configuration.Name, o.Configuration.Generation, o.Configuration.Spec.Global.ASN = "default", 7, 4200000000
	o.Node.Name, o.Node.UID = "worker-1", "uid"
	o.SecretSelector = "for=bgp"
	l := &lastGood{path: path}
	if err := l.keep(d); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %o, want 600: it holds passwords", mode)
	}
	back := (&lastGood{path: path}).load()
	if diff := cmp.Diff(renderer.Overrides(), back.renderer.Overrides()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(o, &back.objects, cmp.Comparer(func(a, b render.Secret) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if !reflect.DeepEqual(back.without, d.without) {
		t.Errorf("left out is %v, not %v", back.without, d.without)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := l.keep(back); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the same was written again")
	}
	if back.renderer, err = render.NewRenderer(nil); err != nil {
		t.Fatal(err)
	}
	if err := l.keep(back); err != nil {
		t.Fatal(err)
	}
	if again := (&lastGood{path: path}).load(); again == nil || len(again.renderer.Overrides()) != 0 {
		t.Errorf("other templates were not kept: %v", again)
	}
	// A later version may not know what this one's templates override.
	if err := os.WriteFile(path, []byte(`{"templates": {"operator.tmpl": "{{nothing}}"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if d := (&lastGood{path: path}).load(); d != nil {
		t.Errorf("its templates cannot be understood, but it was as %v", d)
	}
	if err := os.WriteFile(path, []byte("{of somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := (&lastGood{path: path}).load(); o != nil {
		t.Errorf("it cannot be understood, but was as %v", o)
	}
	if err := (&lastGood{path: filepath.Join(path, "not-a-directory")}).keep(back); err == nil {
		t.Error("it could not be written, but no error says so")
	}
}
