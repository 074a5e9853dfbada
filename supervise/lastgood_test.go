package supervise

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

func TestLastGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "good.json")
	if o := (&lastGood{path: path}).load(); o != nil {
		t.Fatalf("nothing was kept, but %v is", o)
	}
	o := &render.Objects{
		Configuration: &v1.BGPConfiguration{}, Node: &corev1.Node{},
		Secrets: map[string]map[string]render.Secret{"passwords": {"password": render.NewSecret("s3cret")}},
	}
	o.Configuration.Name, o.Configuration.Generation, o.Configuration.Spec.Global.ASN = "default", 7, 4200000000
	o.Node.Name, o.Node.UID = "worker-1", "uid"
	l := &lastGood{path: path}
	if err := l.keep(o); err != nil {
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
	if diff := cmp.Diff(o, back, cmp.Comparer(func(a, b render.Secret) bool { return a == b })); diff != "" {
		t.Error(diff)
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
