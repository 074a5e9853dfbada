//go:build linux

package incluster

import (
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// recorder passes requests on to an API server and keeps what RBAC would be asked about each.
type recorder struct {
	address string

	mu       sync.Mutex
	requests map[string]bool
	refused  []string
}

var attributes = request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}

// record opens a recorder on the node's loopback. It is the API server to whoever comes with the given access.
func (n *node) record(access *rest.Config) *recorder {
	n.Helper()
	target, err := url.Parse(access.Host)
	n.must(err)
	transport, err := rest.TransportFor(access)
	n.must(err)
	r := &recorder{requests: map[string]bool{}}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetURL(target); r.note(p.In, 0) },
		Transport:     transport,
		FlushInterval: -1, // watches
		ModifyResponse: func(a *http.Response) error {
			if a.StatusCode == http.StatusForbidden || a.StatusCode == http.StatusUnauthorized {
				r.note(a.Request, a.StatusCode)
			}
			return nil
		},
	}
	var listener net.Listener
	n.must(n.Do(func() (err error) { listener, err = net.Listen("tcp", "127.0.0.1:0"); return err }))
	server := &http.Server{Handler: proxy}
	go func() { _ = server.Serve(listener) }()
	n.Cleanup(func() { _ = server.Close() })
	r.address = "http://" + listener.Addr().String()
	return r
}

func (r *recorder) note(request *http.Request, refused int) {
	info, err := attributes.NewRequestInfo(request)
	r.mu.Lock()
	defer r.mu.Unlock()
	what := "?" + request.URL.String()
	if err == nil {
		if info.Resource == "events" {
			info.Name = "" // each has one of its own
		}
		what = right(info.Verb, info.APIGroup, info.Resource, info.Subresource, info.Name)
	}
	if refused != 0 {
		r.refused = append(r.refused, what)
		return
	}
	r.requests[what] = true
}

// has reports whether something was asked for.
func (r *recorder) has(what string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests[what]
}

func right(verb, group, resource, subresource, name string) string {
	if subresource != "" {
		resource += "/" + subresource
	}
	return strings.TrimRight(strings.Join([]string{verb, group, resource, name}, " "), " ")
}

// granted are the rights in testdata, each with one name, but for those of another node.
func (s *site) granted(besides string) []string {
	s.Helper()
	rights := map[string]bool{}
	for _, document := range strings.Split(s.names.Replace(permissions), "\n---\n") {
		var role rbacv1.ClusterRole // a Role has the same rules
		s.must(yaml.Unmarshal([]byte(document), &role))
		for _, rule := range role.Rules {
			names := rule.ResourceNames
			if len(names) == 0 {
				names = []string{""}
			}
			for _, verb := range rule.Verbs {
				for _, resource := range rule.Resources {
					for _, name := range names {
						if name != besides {
							rights[right(verb, rule.APIGroups[0], resource, "", name)] = true
						}
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(rights))
}

// soon is what "at once" means on a machine that is busy: well before a heartbeat, which is every five minutes here.
const soon = 2 * time.Minute

// The agent has all the rights that it needs, needs all that it has, and never asks for anything else, such as a Secret
// that the configuration does not name. On the way, everything happens that it needs rights for: its status is deleted,
// and its Node is made again.
func TestRights(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1", key{"192.0.2.11", "the-first-password"})
	s.router("192.0.2.2")
	n := s.node("1", lab.FRR84, nil)
	s.must(s.apply(edit(t, secret, "bgp-passwords", "unrelated")))
	s.must(s.apply(secret))
	s.must(s.apply(edit(t, guarded, "asn: 65000", "asn: 65000, nodeStatus: {heartbeatSeconds: 300}")))
	n.frr.Start()
	ctx, cancel := s.deadline()
	defer cancel()
	token, err := s.server.ServiceAccountToken(ctx, s.namespace, "k8frr-agent")
	s.must(err)
	access := s.server.ConfigForToken(token)
	r := n.record(access)
	kubeconfig, err := s.server.KubeconfigFor(&rest.Config{Host: r.address})
	s.must(err)
	n.startAgentWith(kubeconfig)
	n.established(heard)
	before := n.healthy()
	n.checkOwner(before)

	s.kubectl("delete", "bgpnodestatus", n.name)
	took := s.eventually("the deleted status comes back", func() bool { o := n.object(); return o != nil && o.Status.Healthy })
	t.Logf("BGPNodeStatus deleted: back after %v", took)
	if took > soon {
		t.Errorf("it was back %v after it was deleted: that is not at once", took)
	}
	if back := n.object(); back.UID == before.UID {
		t.Error("the status was not deleted")
	} else {
		n.checkOwner(back)
		was, is := conditionOf(&before.Status, "Ready").LastTransitionTime, conditionOf(&back.Status, "Ready").LastTransitionTime
		if !is.Equal(&was) {
			t.Errorf("Ready has not changed, but its time of transition went from %v to %v", was, is)
		}
	}

	mark := heard.Mark()
	s.kubectl("delete", "node", n.name)
	n.create(nil)
	uid := s.kubectl("get", "node", n.name, "-o", "jsonpath={.metadata.uid}")
	took = s.eventually("the status belongs to the new Node", func() bool {
		owners := n.object().OwnerReferences
		return len(owners) == 1 && string(owners[0].UID) == uid
	})
	t.Logf("Node made anew: its status follows after %v", took)
	if took > soon {
		t.Errorf("the owner was another %v after the Node was: that is not at once", took)
	}
	n.checkOwner(n.object())
	s.quiet(heard, mark)

	for try := 0; try < 2 || try < 20 && !r.has("patch  events"); try++ { // the same Event twice
		up := heard.Mark()
		_, err := n.frr.Vtysh(ctx, "clear bgp 192.0.2.1")
		s.must(err)
		_, err = heard.Wait(ctx, up, func(e listener.Event) bool { return e.Kind == listener.Established })
		s.must(err)
		time.Sleep(2 * time.Second) // seen
	}
	s.kubectl("patch", "bgpconfig", "default", "--type=merge", "-p", `{"metadata":{"finalizers":["bgp.purelb.io/finalizer"]}}`)
	s.kubectl("delete", "bgpconfig", "default", "--timeout=4m") // comes back when the object is gone
	time.Sleep(time.Second)

	r.mu.Lock()
	defer r.mu.Unlock()
	requested, granted := slices.Sorted(maps.Keys(r.requests)), s.granted(s.names.Replace("worker-2"))
	if !slices.Equal(requested, granted) || len(r.refused) > 0 {
		t.Errorf("asked for:\n%s\nhas rights to:\n%s\nrefused:\n%s", strings.Join(requested, "\n"), strings.Join(granted, "\n"), strings.Join(r.refused, "\n"))
	}
	agent, err := client.New(access)
	s.must(err)
	if _, err := agent.Secrets(s.namespace).Get(ctx, "unrelated", metav1.GetOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("a Secret that the configuration does not name: %v, want Forbidden", err)
	}
}
