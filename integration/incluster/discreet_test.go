//go:build linux

package incluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/secrets"
)

// sealed is the Secret with a password of that name.
func sealed(name string) string {
	value, _ := json.Marshal(secrets.Password(name))
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: bgp-passwords, namespace: purelb-system}\nstringData: {password: %s}\n", value)
}

// Neither a password nor the token by which the agent is known to the API server is in anything that it writes into the
// cluster, or says at its most talkative. (integration/secrets has what happens beside FRR.)
func TestDiscreet(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1", key{"192.0.2.11", secrets.Password("First")})
	n := s.node("1", lab.FRR84, nil)
	ctx, cancel := s.deadline()
	defer cancel()
	token, err := s.server.ServiceAccountToken(ctx, s.namespace, "k8frr-agent")
	s.must(err)
	kubeconfig, err := s.server.KubeconfigFor(n.way.Config(s.server.ConfigForToken(token)))
	s.must(err)
	n.flags = append(n.flags, append(n.Refusing(), "--log-level", "debug", "--resync", "2s")...)
	n.frr.Start()
	n.startAgentWith(kubeconfig)
	followed := secrets.Follow(n.Process("agent").PID)

	s.must(s.apply(sealed("First")))
	s.must(s.apply(guarded))
	n.established(heard)
	s.must(s.apply(sealed("Second")))
	heard.Close()
	n.established(s.listen("router-1", key{"192.0.2.11", secrets.Password("Second")}))
	s.must(s.apply(edit(t, guarded, "192.0.2.2, peerAsn: 65001}", "192.0.2.12, peerAsn: 65001, description: refused, authPasswordSecretRef: {name: bgp-passwords}}")))
	n.condition("ConfigurationApplied", metav1.ConditionFalse, "local-as same as BGP AS")
	s.must(s.apply(guarded))
	n.condition("ConfigurationApplied", metav1.ConditionTrue)
	_, err = n.frr.Vtysh(ctx, "configure terminal", "router bgp 65000", "neighbor 192.0.2.9 remote-as 65009", "neighbor 192.0.2.9 password "+secrets.Password("ByHand"))
	s.must(err)
	s.eventually("an event tells of what is undone", func() bool { return strings.Contains(s.kubectl("get", "events"), "DriftUndone") })
	s.kubectl("delete", "secret", "bgp-passwords")
	n.condition("ConfigurationApplied", metav1.ConditionTrue, "there is no Secret bgp-passwords")

	s.must(n.Process("agent").Signal(syscall.SIGQUIT)) // Go prints what every goroutine is at
	<-n.Process("agent").Done()
	planted := secrets.Planted{"First", "Second", "ByHand", token}
	for what, text := range map[string]string{
		"log":       n.log(),
		"/proc":     string(followed.End()),
		"status":    s.kubectl("get", "bgpnodestatus", n.name, "-o", "json"),
		"namespace": s.kubectl("get", "configs,events,leases", "-o", "json"),
		"events":    s.kubectl("get", "events", "--namespace", "default", "-o", "json"),
	} {
		if found := planted.In([]byte(text)); len(found) > 0 {
			t.Errorf("%q in %s", found, what)
		}
	}
	for _, want := range []string{"goroutine 1 ", "password <redacted>"} {
		if !strings.Contains(n.log(), want) {
			t.Errorf("the log has no %q", want)
		}
	}
	n.flags = append(n.flags, "--log-level", "debug-4")
	n.startAgentWith(kubeconfig)
	if <-n.Process("agent").Done(); !strings.Contains(n.log(), "is below debug") {
		t.Errorf("at a level at which client-go logs what it is answered, the agent says:\n%s", n.log())
	}
}
