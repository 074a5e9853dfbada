//go:build linux

package controlplane

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, nodeStatus: {heartbeatSeconds: 10}}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 192.0.2.2, peerAsn: 65001}
    authPasswordSecretRef: {name: bgp-passwords}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 192.0.2.3, peerAsn: 65001}
    nodeSelector: {matchLabels: {rack: one}}
    timers: {connectRetry: 1}
`

// create makes the configuration as it is in the beginning.
func (w *world) create() error {
	ctx, cancel := w.deadline()
	defer cancel()
	var c v1.BGPConfiguration
	if err := yaml.UnmarshalStrict([]byte(configuration), &c); err != nil {
		return err
	}
	_, err := w.admin.BGPConfigurations(namespace).Create(ctx, &c, metav1.CreateOptions{})
	return err
}

// describe changes what is declared, and no session: the words about the first neighbor.
func (w *world) describe(words string) {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	w.must(w.describing(ctx, words))
}

func (w *world) describing(ctx context.Context, words string) error {
	patch := fmt.Appendf(nil, `[{"op":"add","path":"/spec/neighbors/0/config/description","value":%q}]`, words)
	_, err := w.admin.BGPConfigurations(namespace).Patch(ctx, "default", types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

// keep makes the Secret, or changes it.
func (w *world) keep(password string) {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	secrets := w.admin.Secrets(namespace)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "bgp-passwords"}, Data: map[string][]byte{"password": []byte(password)}}
	_, err := secrets.Update(ctx, secret, metav1.UpdateOptions{})
	if apierrors.IsNotFound(err) {
		_, err = secrets.Create(ctx, secret, metav1.CreateOptions{})
	}
	w.must(err)
}
