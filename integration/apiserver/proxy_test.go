package apiserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/k8frr/k8frr/integration/lab/thread"
)

// newNamespace makes a network namespace that has no name and ends with this process.
func newNamespace(t *testing.T) (path string) {
	t.Helper()
	var namespace *os.File
	err := thread.Run(func() error { return unix.Unshare(unix.CLONE_NEWNET) }, func() (err error) {
		if err = netlink.LinkSetUp(&netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: "lo"}}); err == nil {
			namespace, err = os.Open("/proc/thread-self/ns/net")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { namespace.Close() })
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), namespace.Fd())
}

// inner is a client that connects from inside the proxy's namespace.
func inner(t *testing.T, p *Proxy) kubernetes.Interface {
	t.Helper()
	return innerAs(t, p, server.Config())
}

// innerAs is one that has some other access.
func innerAs(t *testing.T, p *Proxy, access *rest.Config) kubernetes.Interface {
	t.Helper()
	config := p.Config(access)
	config.Dial = func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = p.inside(func() (err error) { conn, err = new(net.Dialer).DialContext(ctx, network, address); return err })
		return conn, err
	}
	return client(t, config)
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

func get(t *testing.T, c kubernetes.Interface) error { return getWithin(t, c, patience) }

func getWithin(t *testing.T, c kubernetes.Interface, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	_, err := c.CoreV1().Namespaces().Get(ctx, "default", metav1.GetOptions{})
	return err
}

func TestKubectlInNamespace(t *testing.T) {
	path := newNamespace(t)
	p := server.ListenIn(t, path)
	inside := func(kubeconfig string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "nsenter", "--net="+path,
			filepath.Join(server.programs, "kubectl"), "--kubeconfig", kubeconfig,
			"--cache-dir", t.TempDir(), "get", "namespaces").CombinedOutput()
		return string(out), err
	}
	if out, err := inside(p.Kubeconfig()); err != nil || !strings.Contains(out, "kube-system") {
		t.Errorf("by the proxy: %v\n%s", err, out)
	}
	if out, err := inside(server.Kubeconfig()); err == nil {
		t.Errorf("the namespace has no need of a proxy:\n%s", out)
	}
}

func TestCut(t *testing.T) {
	here, there := server.ListenIn(t, newNamespace(t)), server.ListenIn(t, newNamespace(t))
	cut, spared := inner(t, here), inner(t, there)
	watch, err := cut.CoreV1().Namespaces().Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()

	here.Cut()
	deadline := time.After(patience)
	for open := true; open; {
		select {
		case _, open = <-watch.ResultChan():
		case <-deadline:
			t.Fatal("the watch has outlived the cut")
		}
	}
	if err := get(t, cut); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("while cut: %v, want connection refused", err)
	}
	if err := get(t, spared); err != nil {
		t.Errorf("the other namespace meanwhile: %v", err)
	}
	if err := here.Heal(); err != nil {
		t.Fatal(err)
	}
	if err := get(t, cut); err != nil {
		t.Errorf("healed: %v", err)
	}
}

func TestStall(t *testing.T) {
	p := server.ListenIn(t, newNamespace(t))
	c := inner(t, p)
	namespace := server.Namespace(t)
	watch, err := c.CoreV1().ConfigMaps(namespace).Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()

	p.Stall()
	if err := getWithin(t, c, time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while stalled: %v, want no answer at all", err)
	}
	if _, err := client(t, server.Config()).CoreV1().ConfigMaps(namespace).Create(t.Context(),
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "late"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case event, open := <-watch.ResultChan():
		t.Fatalf("while stalled the watch hears %v (open: %v)", event, open)
	case <-time.After(200 * time.Millisecond):
	}
	if err := p.Heal(); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case event, open := <-watch.ResultChan():
			if !open {
				t.Fatal("the watch has not outlived the stall")
			}
			if object, ok := event.Object.(*corev1.ConfigMap); ok && object.Name == "late" {
				return
			}
		case <-time.After(patience):
			t.Fatal("what was swallowed has not arrived")
		}
	}
}
