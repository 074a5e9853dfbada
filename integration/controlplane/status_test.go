//go:build linux

package controlplane

import (
	"fmt"
	"math/rand/v2"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What happens to what agents write.
var ofStatus = []fault{
	{name: "a status is deleted", strike: func(w *world, r *rand.Rand) func() {
		w.kubectl("delete", "bgpnodestatus", w.nodes[r.IntN(len(w.nodes))].Host.Name)
		return func() {}
	}},
	{name: "a status is edited", strike: func(w *world, r *rand.Rand) func() {
		w.kubectl("patch", "bgpnodestatus", w.nodes[r.IntN(len(w.nodes))].Host.Name, "--subresource=status", "--type=merge", "-p",
			`{"status":{"neighborCount":99,"healthy":false,"conditions":[],"neighbors":[]}}`)
		return func() {}
	}},
	{name: "the configuration's status is edited", long: true, within: leaseLasts/2 + 20*time.Second, strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("patch", "bgpconfig", "default", "--subresource=status", "--type=merge", "-p",
			`{"status":{"rollout":"9/9","sessions":"0/0","conditions":[]}}`)
		return func() {}
	}},
	{name: "a policy refuses every status", lasts: 3 * time.Second, strike: func(w *world, _ *rand.Rand) func() {
		w.apply(refusal)
		return func() {
			w.kubectl("delete", "validatingadmissionpolicybinding", "refusal")
			w.kubectl("delete", "validatingadmissionpolicy", "refusal")
		}
	}},
	{name: "a clock goes wrong", lasts: 3 * time.Second, strike: func(w *world, r *rand.Rand) func() {
		n := w.nodes[r.IntN(len(w.nodes))]
		by := []time.Duration{-time.Hour, time.Hour}[r.IntN(2)]
		n.wire.meddle(skewed(by))
		n.wire.drop()
		return func() {
			n.wire.meddle(nil)
			n.wire.drop()
		}
	}, during: func(w *world) error {
		ctx, cancel := w.deadline()
		defer cancel()
		c, err := w.admin.BGPConfigurations(namespace).Get(ctx, "default", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if c.Status.Nodes != nil && c.Status.Nodes.Stale > 0 {
			return fmt.Errorf("an agent whose clock is wrong, and which writes, is said not to: %s", c.Status.Message)
		}
		return nil
	}},
}

const refusal = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: refusal}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [bgp.purelb.io], apiVersions: ["*"], operations: [UPDATE], resources: [bgpnodestatuses/status, configs/status]}
  validations: [{expression: "false", message: so the test wants it}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: refusal}
spec: {policyName: refusal, validationActions: [Deny]}
`
