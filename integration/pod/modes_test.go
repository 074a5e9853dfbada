//go:build linux

package pod

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// modes are a configuration by which every file comes to be: with a password, and with timers that a session that is up does
// not yet have.
const modes = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1, holdTime: %d}
  - config: {neighborAddress: 10.1.0.9, peerAsn: 65001, authPassword: of-a-peer-that-is-not-there}
`

// Every file of the directories that the containers share has the owner and the mode that docs/security.md says, whatever
// umask its maker was started with; and whoever plants symbolic links there has no file changed to which they lead.
func TestFileModes(t *testing.T) {
	t.Parallel()
	if lab.Short() {
		t.Skip("needs the image; not run with -short")
	}
	documented := documentedModes(t)
	found := map[string]bool{}
	umasks := map[string]string{lab.FRR84.Name: "000", lab.FRR103.Name: "077"}
	t.Run("versions", func(t *testing.T) {
		for _, version := range lab.Versions {
			t.Run(version.Name, func(t *testing.T) {
				n := underUmask(t, version, umasks[version.Name])
				for name, is := range n.files() {
					row := slices.IndexFunc(documented, func(m fileMode) bool { return m.matches(name) })
					if row < 0 || documented[row].is != is {
						t.Errorf("umask %s: %s is %s, and docs/security.md says otherwise", umasks[version.Name], name, is)
						continue
					}
					found[documented[row].file] = true
				}
				n.planted()
			})
		}
	})
	for _, m := range documented {
		if !found[m.file] {
			t.Errorf("docs/security.md has %s, which nobody makes", m.file)
		}
	}
}

// underUmask is a node whose pod has made all files that it ever makes, both containers started under a umask.
func underUmask(t *testing.T, version lab.Version, umask string) *node {
	t.Helper()
	n, heard := beside(t, version)
	n.declare(fmt.Sprintf(modes, 90) + kubernetesNode)
	if err := os.WriteFile(filepath.Join(n.objects, "operator.tmpl"), []byte("access-list MINE seq 5 permit any\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	n.newVolumes()
	n.startUnder(umask)
	n.Told(heard, "10.1.0.2")
	n.ready()
	n.declare(fmt.Sprintf(modes, 60) + kubernetesNode)
	n.Until("timers wait for a session", func() bool {
		_, err := os.Stat(filepath.Join(n.volumes["frr-config"], "k8frr-pending.json"))
		return err == nil
	})
	n.frr.must("k8frr-frr", "drain", "--wait", "1ms")
	return n
}

// startUnder starts both containers under a umask.
func (n *node) startUnder(umask string) {
	n.t.Helper()
	under := func(c *corev1.Container) {
		c.Command = append([]string{"sh", "-c", `umask ` + umask + `; exec "$@"`, "sh"}, c.Command...)
		c.Env = append(c.Env, corev1.EnvVar{Name: "TEMPLATES_DIR", Value: "/objects"})
	}
	n.startFRR(under)
	n.startAgent(under)
}

// files are what is in the directories that are shared, by the path that containers know it by.
func (n *node) files() map[string]string {
	n.t.Helper()
	found := map[string]string{}
	for volume, at := range map[string]string{"frr-config": "/etc/frr", "frr-run": "/run/frr", "frr-state": "/var/lib/frr"} {
		err := filepath.WalkDir(n.volumes[volume], func(name string, e fs.DirEntry, err error) error {
			if err != nil || name == n.volumes[volume] {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			uid := info.Sys().(*syscall.Stat_t).Uid
			found[path.Join(at, strings.TrimPrefix(name, n.volumes[volume]))] = fmt.Sprintf("%d %04o", uid, info.Mode().Perm())
			return nil
		})
		if err != nil {
			n.t.Fatal(err)
		}
	}
	return found
}

// planted makes sure that symbolic links change nothing, one of each name that is written to: they are replaced, or not
// followed.
func (n *node) planted() {
	n.t.Helper()
	n.stopPod()
	const text = "service integrated-vtysh-config\n"
	target := filepath.Join(n.volumes["frr-run"], "target")
	if err := os.WriteFile(target, []byte(text), 0o666); err != nil {
		n.t.Fatal(err)
	}
	if err := os.Chown(target, 17473, 17473); err != nil {
		n.t.Fatal(err)
	}
	plant := func(volume string, names ...string) {
		for _, name := range names {
			link := filepath.Join(n.volumes[volume], name)
			if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
				n.t.Fatal(err)
			}
			if err := os.Symlink("/run/frr/target", link); err != nil {
				n.t.Fatal(err)
			}
		}
	}
	kept := []string{"frr.conf", "daemons", "k8frr-last-good.json", "k8frr-operator-lines.conf"}
	plant("frr-config", append(kept, "k8frr-pending.json", "k8frr-agent.lock", "vtysh.conf")...)
	plant("frr-run", "k8frr-drained")
	n.startUnder("000")
	n.ready()
	plant("frr-run", "k8frr-drained") // it is removed at the start
	ctx, cancel := n.Deadline()
	defer cancel()
	if _, err := n.frr.exec(ctx, "k8frr-frr", "drain", "--wait", "1ms"); err == nil || !strings.Contains(err.Error(), "symbolic links") {
		n.t.Errorf("a drain by way of a symbolic link says %v", err)
	}
	if now, err := os.ReadFile(target); err != nil || string(now) != text {
		n.t.Errorf("what the links lead to holds %q, %v", now, err)
	}
	for _, name := range kept {
		if info, err := os.Lstat(filepath.Join(n.volumes["frr-config"], name)); err != nil || info.Mode() != 0o600 {
			n.t.Errorf("%s, which was a link, has mode %v, %v", name, info.Mode(), err)
		}
	}
	if !strings.Contains(n.agent.log(), "k8frr-agent.lock: too many levels of symbolic links") {
		n.t.Error("the agent does not say that its lock is a link")
	}
	for _, name := range []string{"daemons", "frr.conf"} {
		if !strings.Contains(n.frr.log(), name+": too many levels of symbolic links") {
			n.t.Errorf("k8frr-frr does not say that %s is a link", name)
		}
	}
}

// fileMode is a row of docs/security.md's table of files.
type fileMode struct{ file, is string }

func (m fileMode) matches(name string) bool {
	ok, err := path.Match(m.file, name)
	return ok && err == nil
}

// documentedModes are the table's rows.
func documentedModes(t *testing.T) []fileMode {
	t.Helper()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []fileMode
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`/") {
			continue
		}
		owner, mode, _ := strings.Cut(strings.TrimSpace(cells[2]), " ")
		for file := range strings.FieldsSeq(strings.ReplaceAll(cells[1], "`", "")) {
			rows = append(rows, fileMode{file, owner + " " + mode})
		}
	}
	return rows
}
