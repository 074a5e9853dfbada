//go:build linux

package pod

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

//go:embed container.sh
var containerScript string

// container is one that runs, or ran, on a host.
type container struct {
	t       *testing.T
	host    *lab.Host
	spec    corev1.Container
	set     string // bounding set
	process *lab.Process
	pid     int // its first process, as the machine sees it
}

// run starts a container of an image with a pod's volumes, each a directory by its name.
func run(t *testing.T, host *lab.Host, from image, spec corev1.Container, volumes map[string]string) *container {
	t.Helper()
	set, err := bounding(spec)
	if err != nil {
		t.Fatal(err)
	}
	c := &container{t: t, host: host, spec: spec, set: set}
	dir := filepath.Join(host.Dir(), "container-"+spec.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var mounts []string
	for _, m := range spec.VolumeMounts {
		mounts = append(mounts, volumes[m.Name]+":"+m.MountPath)
	}
	readonly := spec.SecurityContext.ReadOnlyRootFilesystem != nil && *spec.SecurityContext.ReadOnlyRootFilesystem
	argv := []string{"unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--propagation", "private",
		"sh", "-c", containerScript, "container.sh", dir, from.base, from.layer, strconv.FormatInt(*spec.SecurityContext.RunAsUser, 10),
		strconv.FormatInt(*spec.SecurityContext.RunAsGroup, 10), set, strings.Join(mounts, " "), strconv.FormatBool(readonly)}
	c.process = host.Start(spec.Name, slices.Concat(argv, c.environment(), spec.Command, spec.Args)...)
	return c
}

// environment is what the container's programs find set, by way of env.
func (c *container) environment() []string {
	env := []string{"/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	for _, e := range c.spec.Env {
		if e.ValueFrom != nil { // the downward API
			e.Value = map[string]string{"spec.nodeName": c.host.Name, "metadata.namespace": "purelb-system"}[e.ValueFrom.FieldRef.FieldPath]
		}
		env = append(env, e.Name+"="+e.Value)
	}
	return env
}

// first is the process id of the container's first process, 0 if it has none.
func (c *container) first() int {
	if c.pid == 0 {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", c.process.PID()))
		c.pid, _ = strconv.Atoi(strings.TrimSpace(string(children)))
	}
	return c.pid
}

// exec runs a command in the container, with its rights, as a probe or a hook does.
func (c *container) exec(ctx context.Context, argv ...string) (string, error) {
	enter := []string{"--target", strconv.Itoa(c.first()), "--mount", "--pid", "--root", "--wd", "/usr/bin/setpriv",
		"--reuid", strconv.FormatInt(*c.spec.SecurityContext.RunAsUser, 10), "--regid", strconv.FormatInt(*c.spec.SecurityContext.RunAsGroup, 10),
		"--init-groups", "--inh-caps=-all", "--bounding-set=" + c.set, "--no-new-privs"}
	return c.host.Exec(ctx, "nsenter", slices.Concat(enter, c.environment(), argv)...)
}

// must is exec for what must succeed.
func (c *container) must(argv ...string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	out, err := c.exec(ctx, argv...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// stop ends the container as the kubelet does: SIGTERM to its first process, and SIGKILL after the grace period. It says how
// long that took.
func (c *container) stop(grace time.Duration) time.Duration {
	c.t.Helper()
	began := time.Now()
	if err := c.signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	select {
	case <-c.process.Done():
	case <-time.After(grace):
		c.t.Errorf("container %s does not end within %v", c.spec.Name, grace)
		c.kill()
	}
	return time.Since(began)
}

// kill ends the container and all that runs in it, without a word.
func (c *container) kill() {
	c.t.Helper()
	if err := c.signal(syscall.SIGKILL); err != nil && c.process.Running() {
		_ = c.process.Signal(syscall.SIGKILL) // it had not come so far
	}
	<-c.process.Done()
}

// signal sends a signal to the container's first process.
func (c *container) signal(s syscall.Signal) error {
	pid := c.first()
	if pid <= 0 { // which would stand for this process, and all of its group
		return fmt.Errorf("container %s has no process", c.spec.Name)
	}
	return syscall.Kill(pid, s)
}

// daemon is the process id of one of FRR's daemons in the container, as the machine sees it; 0 if it does not run.
func (c *container) daemon(name string) int {
	if c.first() == 0 { // which would stand for this machine's processes
		return 0
	}
	out, _ := exec.Command("pgrep", "--ns", strconv.Itoa(c.first()), "--nslist", "pid", "-x", name).Output()
	pid, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return pid
}

// log is what the container has printed.
func (c *container) log() string {
	text, err := os.ReadFile(c.process.Log)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}
