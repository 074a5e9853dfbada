package apiserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// kubectlTimeout bounds one kubectl whose context has no deadline.
const kubectlTimeout = 5 * time.Minute

// Kubectl runs the kubectl of the server's own version as administrator and returns its
// standard output. The error holds its standard error.
func (s *Server) Kubectl(ctx context.Context, args ...string) (string, error) {
	return s.kubectl(ctx, nil, args...)
}

// Apply gives YAML documents to kubectl apply. The error is the server's refusal.
func (s *Server) Apply(ctx context.Context, manifest string) error {
	_, err := s.kubectl(ctx, strings.NewReader(manifest), "apply", "--server-side", "--force-conflicts", "-f", "-")
	return err
}

// ApplyCRDs applies the CustomResourceDefinitions in a file, or in the files of a
// directory, and returns when their objects can be stored and explained.
func (s *Server) ApplyCRDs(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, kubectlTimeout)
	defer cancel()
	if _, err := s.Kubectl(ctx, "apply", "--server-side", "-f", path); err != nil {
		return err
	}
	names, err := s.Established(ctx, "-f", path)
	if err != nil {
		return err
	}
	// The server publishes a schema, which kubectl explain reads, some time after.
	for _, name := range strings.Fields(names) {
		_, resource, _ := strings.Cut(name, "/")
		for {
			_, err := s.Kubectl(ctx, "explain", resource)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

// Established waits until the server has taken CustomResourceDefinitions, named as for kubectl wait, and returns their
// names. kubectl wait fails for one that has no conditions yet, so these are waited for first.
func (s *Server) Established(ctx context.Context, definitions ...string) (string, error) {
	for deadline := time.Now().Add(kubectlTimeout); ; time.Sleep(100 * time.Millisecond) {
		text, err := s.Kubectl(ctx, append([]string{"get", "-o", "json"}, definitions...)...)
		if err != nil {
			return "", err
		}
		var one apiextensionsv1.CustomResourceDefinition
		list := apiextensionsv1.CustomResourceDefinitionList{}
		if err := errors.Join(json.Unmarshal([]byte(text), &list), json.Unmarshal([]byte(text), &one)); err != nil {
			return "", err
		}
		without := func(d apiextensionsv1.CustomResourceDefinition) bool { return len(d.Status.Conditions) == 0 }
		if list.Items == nil {
			list.Items = append(list.Items, one) // kubectl prints a single object by itself
		}
		if !slices.ContainsFunc(list.Items, without) || time.Now().After(deadline) {
			break
		}
	}
	return s.Kubectl(ctx, append([]string{"wait", "--for=condition=Established", "--timeout=30s", "-o", "name"}, definitions...)...)
}

func (s *Server) kubectl(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, kubectlTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs, "kubectl"), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	cmd.Env = append(os.Environ(),
		"KUBECONFIG="+s.Kubeconfig(),
		"KUBECACHEDIR="+filepath.Join(s.dir, "kubectl"), // nothing in the user's home
	)
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Namespace makes a namespace for one test. It stays until the server is closed: the
// controller that empties deleted namespaces is not here.
func (s *Server) Namespace(tb testing.TB) string {
	tb.Helper()
	client, err := kubernetes.NewForConfig(s.Config())
	if err != nil {
		tb.Fatal(err)
	}
	namespace, err := client.CoreV1().Namespaces().Create(tb.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}, metav1.CreateOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return namespace.Name
}
