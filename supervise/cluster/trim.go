package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// trimNode leaves out what the kubelet's heartbeat changes.
func trimNode(n *corev1.Node) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: n.Name, UID: n.UID, CreationTimestamp: n.CreationTimestamp,
			Labels: n.Labels, Annotations: n.Annotations,
		},
		Status: corev1.NodeStatus{Addresses: n.Status.Addresses},
	}
}

// trimConfiguration leaves out the status, which agents write themselves, and
// keeps in mind how many they are. That the object is about to go, and what for
// it waits, is kept.
func (cluster *Cluster) trimConfiguration(c *v1.BGPConfiguration) *v1.BGPConfiguration {
	if nodes := c.Status.Nodes; nodes != nil {
		cluster.reporting.Store(nodes.Reporting)
	}
	return &v1.BGPConfiguration{
		ObjectMeta: metav1.ObjectMeta{
			Name: c.Name, Namespace: c.Namespace, UID: c.UID,
			Generation: c.Generation, CreationTimestamp: c.CreationTimestamp,
			DeletionTimestamp: c.DeletionTimestamp, Finalizers: c.Finalizers,
		},
		Spec: c.Spec,
	}
}

// trimSecret returns a function that leaves the labels and the type of a Secret, and the values of some keys.
func trimSecret(keys []string) func(*corev1.Secret) *corev1.Secret {
	return func(s *corev1.Secret) *corev1.Secret {
		data := map[string][]byte{}
		for _, key := range keys {
			if value, has := s.Data[key]; has {
				data[key] = value
			}
		}
		return &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels},
			Type:       s.Type,
			Data:       data,
		}
	}
}
