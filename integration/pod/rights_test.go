//go:build linux

package pod

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// With any one of its capabilities taken away, FRR's container does not work, and says what is missing.
func TestEachCapabilityIsNeeded(t *testing.T) {
	ids := "it takes the capabilities SETUID and SETGID"
	missing := map[corev1.Capability]string{"SETUID": ids, "SETGID": ids}
	for _, name := range []corev1.Capability{"NET_ADMIN", "NET_BIND_SERVICE", "NET_RAW", "SYS_ADMIN"} {
		missing[name] = `Wanted caps: \S*cap_` + strings.ToLower(string(name)) + `\b` // FRR's own words, of one daemon or another
	}
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n := newNode(t, lab.New(t).Host("node-a"), version.Name)
		frr, err := containerOf(n.spec, "k8frr-frr")
		if err != nil {
			t.Fatal(err)
		}
		if has := frr.SecurityContext.Capabilities.Add; len(has) != len(missing) {
			t.Fatalf("the manifest adds %v, and the test is about %d others", has, len(missing))
		}
		n.newVolumes()
		for _, name := range frr.SecurityContext.Capabilities.Add {
			n.startFRR(func(c *corev1.Container) {
				less := *c.SecurityContext
				less.Capabilities = &corev1.Capabilities{Drop: less.Capabilities.Drop,
					Add: slices.DeleteFunc(slices.Clone(less.Capabilities.Add), func(other corev1.Capability) bool { return other == name })}
				c.SecurityContext = &less
				c.Name = "frr-without-" + strings.ReplaceAll(strings.ToLower(string(name)), "_", "-")
			})
			n.Until("FRR's container tells that "+string(name)+" is missing", func() bool {
				return regexp.MustCompile(missing[name]).MatchString(n.frr.log())
			}, func() any { return n.frr.log() })
			if n.frr.process.Running() {
				n.frr.kill()
			}
			if strings.Contains(n.frr.log(), "daemon=bgpd pid=") && name != "NET_BIND_SERVICE" {
				t.Errorf("without %s bgpd is started:\n%s", name, n.frr.log())
			}
		}
	})
}
