package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/cluster"
)

func TestObserve(t *testing.T) {
	p := newPart(t, server)
	p.create(p.configuration("default", 65000))
	p.watch(server.Config())
	o := p.await("first look", asn(65000))
	if o.Node == nil || o.Node.Labels["rack"] != "1" || o.Node.UID == "" || o.Configuration.Generation != 1 {
		t.Errorf("%+v", o)
	}

	p.editNode(`{"metadata": {"labels": {"rack": "2"}}}`)
	p.await("relabelled Node", func(o render.Objects) bool { return o.Node.Labels["rack"] == "2" })
	p.editNode(`{"status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.10"}]}}`, "status")
	p.await("address of the Node", func(o render.Objects) bool { return len(o.Node.Status.Addresses) == 1 })
	p.edit("default", `{"spec": {"global": {"asn": 65010}}}`)
	if o := p.await("edited configuration", asn(65010)); o.Configuration.Generation != 2 {
		t.Errorf("generation %d", o.Configuration.Generation)
	}

	p.drain()
	for i := range 3 {
		p.editNode(fmt.Sprintf(`{"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:00:0%dZ"}]}}`, i), "status")
	}
	p.quiet("of the kubelet's heartbeats")
	p.edit("default", `{"status": {"message": "ok", "neighborCount": 1}}`, "status")
	p.edit("default", `{"metadata": {"annotations": {"a": "b"}}}`)
	p.quiet("of the status of the configuration")

	p.create(p.configuration("spare", 65020))
	if o := p.await("second configuration", func(o render.Objects) bool { return len(o.Ignored) == 1 }); !asn(65010)(o) {
		t.Errorf("default is not used: %+v", o)
	}
	for _, name := range []string{"default", "spare"} {
		if err := p.admin.BGPConfigurations(p.namespace).Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		if name == "default" {
			p.await("the only other one", asn(65020))
		}
	}
	p.await("deleted configuration", func(o render.Objects) bool { return o.Configuration == nil && len(o.Ignored) == 0 })
}

func TestSecrets(t *testing.T) {
	p := newPart(t, server)
	p.create(p.configuration("default", 65000, "bgp"))
	p.watch(server.Config())
	p.await("configuration without its Secret", func(o render.Objects) bool { return asn(65000)(o) && len(o.Secrets) == 0 })
	p.createSecret("bgp", "one")
	p.await("Secret created later", password("bgp", "one"))
	p.rotate("bgp", "two")
	p.await("rotated Secret", password("bgp", "two"))
	if err := p.admin.Secrets(p.namespace).Delete(t.Context(), "bgp", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	p.await("deleted Secret", func(o render.Objects) bool { return len(o.Secrets) == 0 })

	// A configuration comes together with the Secrets that it is the first to name.
	p.createSecret("other", "three")
	p.createSecret("unnamed", "four")
	p.drain()
	p.edit("default", `{"spec": {"global": {"asn": 65001}, "neighbors": [
		{"config": {"neighborAddress": "192.0.2.9", "peerAsn": 65001, "authPasswordSecretRef": {"name": "other"}}}]}}`)
	if o := p.await("configuration that names another", asn(65001)); !password("other", "three")(o) || len(o.Secrets) != 1 {
		t.Errorf("it came with %d Secrets, its own: %t", len(o.Secrets), password("other", "three")(o))
	}
	p.drain()
	p.createSecret("bgp", "five")
	p.rotate("unnamed", "six")
	p.quiet("of Secrets that are not named")

	// Of a Secret only the key that a session of this node uses is kept, and a change of the others is no news.
	if err := p.admin.Secrets(p.namespace).Delete(t.Context(), "other", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	p.await("deleted Secret", func(o render.Objects) bool { return len(o.Secrets) == 0 })
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "other"}, StringData: map[string]string{"password": "seven", "tls.key": "eight"}}
	if _, err := p.admin.Secrets(p.namespace).Create(t.Context(), s, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if o := p.await("Secret with more keys", password("other", "seven")); len(o.Secrets["other"]) != 1 {
		t.Errorf("%d keys are kept", len(o.Secrets["other"]))
	}
	p.edit("default", `{"spec": {"global": {"asn": 65002}, "neighbors": [
		{"config": {"neighborAddress": "192.0.2.9", "peerAsn": 65001, "authPasswordSecretRef": {"name": "other", "key": "tls.key"}}}]}}`)
	if o := p.await("another key of it", asn(65002)); o.Secrets["other"]["tls.key"].Reveal() != "eight" || len(o.Secrets["other"]) != 1 {
		t.Errorf("a configuration came without the key that it is the first to name, or with others: %d", len(o.Secrets["other"]))
	}
	p.edit("default", `{"spec": {"global": {"asn": 65003}, "neighbors": [
		{"config": {"neighborAddress": "192.0.2.9", "peerAsn": 65001, "authPasswordSecretRef": {"name": "other"}},
		 "nodeSelector": {"matchLabels": {"rack": "of others"}}}]}}`)
	p.await("a neighbor of other nodes", func(o render.Objects) bool { return asn(65003)(o) && len(o.Secrets) == 0 })
}

// Of an agent with a selector no request for Secrets is without it, so that the API server gives out no others. A Secret
// counts from when it has the labels until it has them no more.
func TestSelectedSecrets(t *testing.T) {
	p := newPart(t, server)
	p.createSecret("bgp", "one")
	p.create(p.configuration("default", 65000, "bgp"))
	selector, err := labels.Parse("bgp.purelb.io/password=true")
	if err != nil {
		t.Fatal(err)
	}
	access := rest.CopyConfig(server.Config())
	var asked requests
	access.Wrap(func(next http.RoundTripper) http.RoundTripper { return &recorder{next, &asked} })
	p.watchSelected(access, selector)
	o := p.await("configuration without the Secret", func(o render.Objects) bool { return asn(65000)(o) && len(o.Secrets) == 0 })
	if o.SecretSelector != selector.String() {
		t.Errorf("the selector is %q", o.SecretSelector)
	}
	p.label("bgp", `{"bgp.purelb.io/password": "true"}`)
	p.await("Secret with the label", password("bgp", "one"))
	p.rotate("bgp", "two")
	p.await("rotated Secret", password("bgp", "two"))
	p.label("bgp", `{"bgp.purelb.io/password": null}`)
	p.await("Secret without the label", func(o render.Objects) bool { return len(o.Secrets) == 0 })
	secrets := 0
	for _, u := range asked.all() {
		if !strings.Contains(u.Path, "/secrets") {
			continue
		}
		if secrets++; u.Query().Get("labelSelector") != selector.String() || u.Query().Get("fieldSelector") != "metadata.name=bgp" {
			t.Errorf("asked for %s", u)
		}
	}
	if secrets == 0 {
		t.Error("no Secret was asked for")
	}
}

// requests are the URLs that an agent has asked for.
type requests struct {
	mu   sync.Mutex
	urls []*url.URL
}

func (r *requests) all() []*url.URL {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.urls)
}

type recorder struct {
	next  http.RoundTripper
	asked *requests
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.asked.mu.Lock()
	r.asked.urls = append(r.asked.urls, request.URL)
	r.asked.mu.Unlock()
	return r.next.RoundTrip(request)
}

func (p *part) label(secret, labels string) {
	p.Helper()
	if _, err := p.admin.Secrets(p.namespace).Patch(p.Context(), secret, types.MergePatchType, []byte(`{"metadata": {"labels": `+labels+`}}`), metav1.PatchOptions{}); err != nil {
		p.Fatal(err)
	}
}

// An agent that may read one Secret by name and its own Node by name needs no
// more, and does not try.
func TestLeastPrivilege(t *testing.T) {
	p := newPart(t, server)
	p.createSecret("bgp", "one")
	p.createSecret("private", "two")
	p.create(p.configuration("default", 65000, "bgp"))
	err := server.Apply(t.Context(), strings.NewReplacer("NAMESPACE", p.namespace, "NODE", p.node).Replace(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: agent, namespace: NAMESPACE}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: agent, namespace: NAMESPACE}
rules:
- {apiGroups: [bgp.purelb.io], resources: [configs], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [secrets], resourceNames: [bgp], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: agent, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: agent}
subjects: [{kind: ServiceAccount, name: agent, namespace: NAMESPACE}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: agent-of-NAMESPACE}
rules:
- {apiGroups: [""], resources: [nodes], resourceNames: [NODE], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: agent-of-NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: agent-of-NAMESPACE}
subjects: [{kind: ServiceAccount, name: agent, namespace: NAMESPACE}]
`))
	if err != nil {
		t.Fatal(err)
	}
	token, err := server.ServiceAccountToken(t.Context(), p.namespace, "agent")
	if err != nil {
		t.Fatal(err)
	}
	p.watch(server.ConfigForToken(token))
	p.await("everything with the least privilege", func(o render.Objects) bool {
		return asn(65000)(o) && password("bgp", "one")(o) && o.Node != nil
	})
	if w := p.Warnings(); len(w) > 0 {
		t.Errorf("more is tried than is allowed: %q", w)
	}
	p.rotate("bgp", "three")
	p.await("rotated Secret", password("bgp", "three"))

	// A Secret that the agent may not read is said, and stops nothing.
	p.edit("default", `{"spec": {"global": {"asn": 65001}, "neighbors": [
		{"config": {"neighborAddress": "192.0.2.1", "peerAsn": 65001, "authPasswordSecretRef": {"name": "bgp"}}},
		{"config": {"neighborAddress": "192.0.2.2", "peerAsn": 65001, "authPasswordSecretRef": {"name": "private"}}}]}}`)
	o := p.await("configuration that names a forbidden Secret", asn(65001))
	if !password("bgp", "three")(o) || len(o.Secrets) != 1 {
		t.Errorf("%d Secrets", len(o.Secrets))
	}
	want := "Secret " + p.namespace + `/private cannot be read: secrets "private" is forbidden`
	if w := p.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], want) {
		t.Errorf("warnings %q, want %s", w, want)
	}
	p.edit("default", `{"spec": {"global": {"asn": 65002}}}`)
	p.await("what goes on beside it", asn(65002))
}

// lockedBuffer can be written by one goroutine and read by another.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func TestServerGoesAndComesBack(t *testing.T) {
	log := new(lockedBuffer)
	klog.LogToStderr(false)
	klog.SetOutput(log)
	t.Cleanup(func() { klog.LogToStderr(true) })

	own := apiserver.Start(t)
	p := newPart(t, own)
	p.createSecret("bgp", "one")
	p.create(p.configuration("default", 65000, "bgp"))
	p.watch(own.Config())
	p.await("first look", func(o render.Objects) bool { return asn(65000)(o) && password("bgp", "one")(o) })

	if err := own.Kill(); err != nil {
		t.Fatal(err)
	}
	refused := func(warning string) bool {
		return strings.HasSuffix(warning, "cannot be read: the API server does not answer: connection refused")
	}
	eventually(t, "each watch finds nobody", func() bool {
		w := p.Warnings()
		return len(w) == 3 && refused(w[0]) && refused(w[1]) && refused(w[2])
	})
	// The first attempts may still fail in different ways. In each of these windows some watch tries again.
	var notified int
	for range 3 {
		p.drain()
		time.Sleep(10 * time.Second)
		if notified = len(p.events); notified == 0 {
			break
		}
	}
	if o, err := p.Observe(t.Context()); err != nil || !asn(65000)(o) || !password("bgp", "one")(o) || o.Node == nil {
		t.Errorf("what was known is forgotten: %+v, %v", o, err)
	}
	if notified > 0 {
		t.Errorf("notified %d times in 10 s of attempts that end alike", notified)
	}
	if err := own.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.edit("default", `{"spec": {"global": {"asn": 65001}}}`)
	p.rotate("bgp", "two")
	second := func(o render.Objects) bool { return asn(65001)(o) && password("bgp", "two")(o) }
	p.await("after the outage", second)
	eventually(t, "no warnings", func() bool { return len(p.Warnings()) == 0 })

	if err := own.Snapshot(); err != nil {
		t.Fatal(err)
	}
	p.edit("default", `{"spec": {"global": {"asn": 65002}}}`)
	p.rotate("bgp", "three")
	for i := range 200 { // versions that the server will not give out again soon
		p.createSecret(fmt.Sprintf("other-%d", i), "")
	}
	p.await("what will be lost", func(o render.Objects) bool { return asn(65002)(o) && password("bgp", "three")(o) })
	if err := own.Rewind(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.await("what the snapshot has", second)
	eventually(t, "no warnings", func() bool { return len(p.Warnings()) == 0 })
	if log.Len() > 0 {
		t.Errorf("logged:\n%s", log)
	}
}

// An agent may start before its server, and before the definitions.
func TestStartsBeforeTheServer(t *testing.T) {
	own := apiserver.Start(t)
	namespace := own.Namespace(t)
	if err := own.Stop(); err != nil {
		t.Fatal(err)
	}
	p := &part{T: t, namespace: namespace, node: "worker-1"}
	p.watch(own.Config())
	says := func(want string) {
		t.Helper()
		eventually(t, want, func() bool {
			_, err := p.Observe(t.Context())
			return errors.Is(err, cluster.ErrNotSynced) && strings.Contains(err.Error(), want)
		})
	}
	says("BGPConfigurations in " + namespace + " cannot be read: the API server does not answer: connection refused")
	if err := own.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	says("BGPConfigurations in " + namespace + " cannot be read: the server could not find the requested resource")
	p.admin = install(t, own)
	o := p.await("an empty cluster", func(render.Objects) bool { return true })
	if o.Node != nil || o.Configuration != nil {
		t.Errorf("%+v", o)
	}
	p.create(p.configuration("edge", 65000))
	p.await("a configuration of another name", asn(65000))
}
