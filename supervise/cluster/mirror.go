package cluster

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

type object interface {
	runtime.Object
	metav1.Object
}

// mirror holds the objects that a reflector sees, reduced to what matters. It
// is the reflector's store.
type mirror[T object] struct {
	// trim returns a new object of only those fields whose change matters.
	trim func(T) T
	// changed is called when one of them did change, and when the failure is
	// another.
	changed func()
	// refusable says that it is an answer, too, if the server refuses to give
	// the objects out.
	refusable bool

	mu      sync.Mutex
	synced  bool
	objects map[string]T
	failed  error
}

// list returns the objects by name, and false while they have never been read.
func (m *mirror[T]) list() ([]T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.synced && !(m.refusable && refused(m.failed)) {
		return nil, false
	}
	var list []T
	for _, name := range slices.Sorted(maps.Keys(m.objects)) {
		list = append(list, m.objects[name])
	}
	return list, true
}

// refused reports whether the server was reached and will not change its mind by
// being asked again.
func refused(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

// failure returns why the server could not be asked the last time.
func (m *mirror[T]) failure() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed
}

func (m *mirror[T]) fail(err error) {
	m.mu.Lock()
	before := m.failed
	m.failed = err
	m.mu.Unlock()
	if (before == nil) != (err == nil) || err != nil && before.Error() != err.Error() {
		m.changed()
	}
}

// Replace implements cache.ReflectorStore.
func (m *mirror[T]) Replace(list []any, _ string) error {
	objects := make(map[string]T, len(list))
	for _, element := range list {
		o := m.trim(element.(T))
		objects[o.GetName()] = o
	}
	m.set(objects)
	return nil
}

// Add implements cache.ReflectorStore.
func (m *mirror[T]) Add(element any) error { return m.Update(element) }

// Update implements cache.ReflectorStore.
func (m *mirror[T]) Update(element any) error {
	o := m.trim(element.(T))
	objects := m.copy()
	objects[o.GetName()] = o
	m.set(objects)
	return nil
}

// Delete implements cache.ReflectorStore.
func (m *mirror[T]) Delete(element any) error {
	objects := m.copy()
	delete(objects, element.(T).GetName())
	m.set(objects)
	return nil
}

// Resync implements cache.ReflectorStore. There is nothing to do: whoever looks
// sees everything.
func (m *mirror[T]) Resync() error { return nil }

func (m *mirror[T]) copy() map[string]T {
	m.mu.Lock()
	defer m.mu.Unlock()
	objects := make(map[string]T, len(m.objects)+1)
	maps.Copy(objects, m.objects)
	return objects
}

func (m *mirror[T]) set(objects map[string]T) {
	m.mu.Lock()
	same := m.synced && reflect.DeepEqual(m.objects, objects)
	m.synced, m.objects = true, objects
	m.mu.Unlock()
	if !same {
		m.changed()
	}
}
