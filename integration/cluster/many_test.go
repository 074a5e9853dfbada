package cluster

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// large is a configuration of about a megabyte.
func (p *part) large(name string) *v1.BGPConfiguration {
	c := p.configuration(name, 65000)
	for set := range 250 {
		d := v1.DefinedSet{Type: "community", Name: fmt.Sprintf("set-%d", set)}
		for i := range 16 {
			d.List = append(d.List, fmt.Sprintf("%d:%s", i, strings.Repeat("[0-9]?", 40)))
		}
		c.Spec.DefinedSets = append(c.Spec.DefinedSets, d)
	}
	return c
}

// heap is what is reachable now, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestManyConfigurations checks that an agent holds one configuration of many large ones, tells that there are others, and
// finds the one to use when it is made among them, or the others go.
func TestManyConfigurations(t *testing.T) {
	p := newPart(t, server)
	const many = 30
	for i := range many {
		p.create(p.large(fmt.Sprintf("c-%02d", i)))
	}
	before := heap()
	p.watch(server.Config())
	o := p.await("none of many", func(o render.Objects) bool { return len(o.Ignored) > 0 })
	if o.Configuration != nil || !o.MoreIgnored {
		t.Errorf("one of %d is used: %t, and there are more: %t", many, o.Configuration != nil, o.MoreIgnored)
	}
	if more := heap() - before; more > 4<<20 {
		t.Errorf("%d configurations take %d MB", many, more>>20)
	}
	p.create(p.configuration("default", 65001))
	p.await("the preferred one", asn(65001))
	for i := range many { // each as a whole, in an event
		p.edit(fmt.Sprintf("c-%02d", i), `{"spec": {"global": {"asn": 65002}}}`)
	}
	p.edit("default", `{"spec": {"global": {"asn": 65003}}}`)
	p.await("the preferred one, edited last", asn(65003))
	if more := heap() - before; more > 8<<20 {
		t.Errorf("%d configurations take %d MB when all were edited", many, more>>20)
	}
	if err := p.admin.BGPConfigurations(p.namespace).Delete(t.Context(), "default", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	p.await("none of those that remain", func(o render.Objects) bool { return o.Configuration == nil })
	for i := range many - 1 {
		if err := p.admin.BGPConfigurations(p.namespace).Delete(t.Context(), fmt.Sprintf("c-%02d", i), metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if o := p.await("the last one", asn(65002)); o.Configuration.Name != fmt.Sprintf("c-%02d", many-1) || o.MoreIgnored {
		t.Errorf("%s, and more: %t", o.Configuration.Name, o.MoreIgnored)
	}
}
