package apiserver

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

var server *Server

func TestMain(m *testing.M) {
	if os.Getenv(victim) != "" {
		beVictim()
	}
	os.Exit(Main(m, &server))
}

func client(t *testing.T, config *rest.Config) kubernetes.Interface {
	t.Helper()
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := server.Kubectl(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVersion(t *testing.T) {
	version, err := client(t, server.Config()).Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(server.programs, version.GitVersion+"-") {
		t.Errorf("the server of %s says that it is %s", server.programs, version.GitVersion)
	}
	if out := kubectl(t, "version"); strings.Count(out, version.GitVersion) != 2 {
		t.Errorf("kubectl and server are not both %s:\n%s", version.GitVersion, out)
	}
}

const gadgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.k8frr.test}
spec:
  group: k8frr.test
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets, singular: gadget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              teeth:
                description: How many teeth the gadget has.
                type: integer
                minimum: 3
`

const gadget = `
apiVersion: k8frr.test/v1
kind: Gadget
metadata: {name: one}
spec: {teeth: 12}
`

func TestCustomResource(t *testing.T) {
	crds := filepath.Join(t.TempDir(), "gadgets.yaml")
	if err := os.WriteFile(crds, []byte(gadgets), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := server.ApplyCRDs(t.Context(), crds); err != nil {
		t.Fatal(err)
	}
	if out := kubectl(t, "explain", "gadget.spec.teeth"); !strings.Contains(out, "How many teeth") {
		t.Errorf("kubectl explain does not explain:\n%s", out)
	}
	if err := server.Apply(t.Context(), gadget); err != nil {
		t.Fatal(err)
	}
	if out := kubectl(t, "get", "gadget", "one", "-o", "jsonpath={.spec.teeth}"); out != "12" {
		t.Errorf("the stored gadget has %q teeth, not 12", out)
	}
	err := server.Apply(t.Context(), strings.Replace(gadget, "12", "2", 1))
	if err == nil || !strings.Contains(err.Error(), "spec.teeth") {
		t.Errorf("a gadget with 2 teeth: %v, want a refusal that names spec.teeth", err)
	}
}

// TestAccess shows the three ways to be somebody, each limited by RBAC to reading
// ConfigMaps in one namespace.
func TestAccess(t *testing.T) {
	ctx := t.Context()
	mine, other := server.Namespace(t), server.Namespace(t)
	if err := server.Apply(ctx, strings.ReplaceAll(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader, namespace: MINE}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: MINE}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: MINE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: reader, namespace: MINE}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: readers}
`, "MINE", mine)); err != nil {
		t.Fatal(err)
	}
	token, err := server.ServiceAccountToken(ctx, mine, "reader")
	if err != nil {
		t.Fatal(err)
	}
	user, err := server.ConfigFor("jane")
	if err != nil {
		t.Fatal(err)
	}
	member, err := server.ConfigFor("joe", "readers")
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]*rest.Config{
		"token": server.ConfigForToken(token),
		"user":  user,
		"group": member,
	} {
		t.Run(name, func(t *testing.T) {
			api := client(t, config).CoreV1()
			if _, err := api.ConfigMaps(mine).List(ctx, metav1.ListOptions{}); err != nil {
				t.Errorf("what the Role grants: %v", err)
			}
			if _, err := api.ConfigMaps(other).List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
				t.Errorf("the same in another namespace: %v, want Forbidden", err)
			}
			if _, err := api.Secrets(mine).List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
				t.Errorf("another resource: %v, want Forbidden", err)
			}
		})
	}

	path, err := server.KubeconfigFor(server.ConfigForToken(token))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Kubectl(ctx, "--kubeconfig", path, "-n", mine, "get", "configmaps"); err != nil {
		t.Errorf("kubectl with the token's kubeconfig: %v", err)
	}
	if _, err := server.Kubectl(ctx, "--kubeconfig", path, "-n", other, "get", "configmaps"); err == nil {
		t.Error("kubectl with the token's kubeconfig may read another namespace")
	}
}

// TestOutage runs beside the shared server, and so is also the test of two at once.
func TestOutage(t *testing.T) {
	ctx := t.Context()
	begun := time.Now()
	s := Start(t)
	t.Logf("ready after %v", time.Since(begun).Round(time.Millisecond))

	api := client(t, s.Config()).CoreV1().ConfigMaps(s.Namespace(t))
	if _, err := api.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	address := s.Addr()
	for name, end := range map[string]func() error{"Stop": s.Stop, "Kill": s.Kill} {
		t.Run(name, func(t *testing.T) {
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if _, err := api.Get(ctx, "kept", metav1.GetOptions{}); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("a request meanwhile: %v, want connection refused", err)
			}
			if taken, err := net.Listen("tcp", address); err == nil {
				taken.Close()
				t.Errorf("%s could be taken by another process meanwhile", address)
			}
			begun := time.Now()
			if err := s.Restart(ctx); err != nil {
				t.Fatal(err)
			}
			t.Logf("ready again after %v", time.Since(begun).Round(time.Millisecond))
			if s.Addr() != address {
				t.Errorf("was %s, is %s", address, s.Addr())
			}
			if _, err := api.Get(ctx, "kept", metav1.GetOptions{}); err != nil {
				t.Errorf("the object made before: %v", err)
			}
		})
	}
	if _, err := client(t, server.Config()).CoreV1().Namespaces().Get(ctx, "default", metav1.GetOptions{}); err != nil {
		t.Errorf("the other server: %v", err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	s, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pids := []int{s.etcd.cmd.Process.Pid, s.kube.cmd.Process.Pid}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d: %v, want it gone", pid, err)
		}
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it gone", s.dir, err)
	}
	if free, err := net.Listen("tcp", s.Addr()); err != nil {
		t.Errorf("the port is not free again: %v", err)
	} else {
		free.Close()
	}
}

// TestFailureIsTold stops etcd's twin from starting: what the log says must be in the error.
func TestFailureIsTold(t *testing.T) {
	dir := t.TempDir()
	p, err := run(dir, "etcd", "--no-such-flag")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{admin: server.Config(), etcd: p, kube: p}
	s.admin.Host = "https://127.0.0.1:1"
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.waitReady(ctx); err == nil || !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("got %v, want an error that quotes etcd", err)
	}
}
