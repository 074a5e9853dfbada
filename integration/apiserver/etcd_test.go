package apiserver

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestRewind has a server halted, its etcd killed, and in the end all of it set back.
func TestRewind(t *testing.T) {
	ctx := t.Context()
	s := Start(t)
	namespace := s.Namespace(t)
	api := client(t, s.Config()).CoreV1().ConfigMaps(namespace)
	put := func(name string) {
		t.Helper()
		if _, err := api.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	put("kept")
	if err := s.Snapshot(); err != nil {
		t.Fatal(err)
	}
	put("forgotten")

	if err := s.Halt(); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if _, err := api.Get(short, "kept", metav1.GetOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it is halted: %v, want no answer at all", err)
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := s.KillEtcd(); err != nil {
		t.Fatal(err)
	}
	short, cancel = context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := api.Get(short, "kept", metav1.GetOptions{}); err == nil {
		t.Error("without etcd it can still be read from")
	}
	if err := s.StartEtcd(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Get(ctx, "forgotten", metav1.GetOptions{}); err != nil {
		t.Errorf("after etcd's death: %v", err)
	}

	if err := s.Rewind(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Get(ctx, "forgotten", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("what was made after the snapshot: %v, want it forgotten", err)
	}
	if _, err := api.Get(ctx, "kept", metav1.GetOptions{}); err != nil {
		t.Errorf("what was made before the snapshot: %v", err)
	}
}
