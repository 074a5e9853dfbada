package render_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// racks has a neighbor in each of two racks, and one with a Secret in every other way that a session can name one.
const racks = `{"metadata": {"namespace": "ns", "name": "default"}, "spec": {
	"global": {"asn": 65000},
	"dynamicNeighbors": [{"prefix": "10.0.0.0/8", "peerGroup": "ranges"}],
	"peerGroups": [
		{"config": {"peerGroupName": "ranges", "peerAsn": 1, "authPasswordSecretRef": {"name": "ranges"}}},
		{"config": {"peerGroupName": "used", "peerAsn": 1, "authPassword": "inline-unused", "authPasswordSecretRef": {"name": "group", "key": "k"}}},
		{"config": {"peerGroupName": "used", "peerAsn": 1, "authPasswordSecretRef": {"name": "second"}}},
		{"config": {"peerGroupName": "idle", "peerAsn": 1, "authPassword": "inline-idle", "authPasswordSecretRef": {"name": "idle"}}},
		{"config": {"peerGroupName": "elsewhere", "authPassword": "inline-elsewhere"}, "nodeSelector": {"matchLabels": {"rack": "2"}}}],
	"neighbors": [
		{"config": {"neighborAddress": "192.0.2.1", "peerAsn": 1, "authPasswordSecretRef": {"name": "both"}}, "nodeSelector": {"matchLabels": {"rack": "1"}}},
		{"config": {"neighborAddress": "192.0.2.2", "peerAsn": 1, "authPasswordSecretRef": {"name": "both"}}, "nodeSelector": {"matchLabels": {"rack": "2"}}},
		{"config": {"neighborAddress": "192.0.2.3", "peerAsn": 1}, "authPasswordSecretRef": {"name": "direct"}},
		{"config": {"neighborAddress": "192.0.2.4", "peerGroup": "used", "authPassword": "inline-mine"}},
		{"config": {"neighborAddress": "192.0.2.5", "peerAsn": 1, "authPassword": "inline-theirs"}, "nodeSelector": {"matchLabels": {"rack": "2"}}},
		{"config": {"neighborAddress": "192.0.2.6", "peerGroup": "elsewhere"}, "nodeSelector": {"matchLabels": {"rack": "2"}}},
		{"config": {"neighborAddress": "192.0.2.7", "peerAsn": 1, "authPasswordSecretRef": {"name": "token"}}}]}}`

// A node has the passwords of its own sessions: no others of the same Secret, none of other nodes' neighbors.
func TestPasswordsOfOneNode(t *testing.T) {
	var c v1.BGPConfiguration
	if err := json.Unmarshal([]byte(racks), &c); err != nil {
		t.Fatal(err)
	}
	secret := func(name string, kind corev1.SecretType, keys ...string) *corev1.Secret {
		s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name}, Type: kind, Data: map[string][]byte{"tls.key": []byte("never")}}
		for _, key := range keys {
			s.Data[key] = []byte(name + " " + key)
		}
		return s
	}
	declared := render.Declared{
		Configurations: []*v1.BGPConfiguration{&c},
		Nodes:          []*corev1.Node{{ObjectMeta: metav1.ObjectMeta{Name: "one", Labels: map[string]string{"rack": "1"}}}},
		Secrets: []*corev1.Secret{
			secret("ranges", "", "password"), secret("group", corev1.SecretTypeOpaque, "k", "password"), secret("second", "", "password"),
			secret("idle", "", "password"), secret("both", "", "password", "192.0.2.1", "192.0.2.2"),
			secret("direct", corev1.SecretTypeBasicAuth, "username", "password"), secret("token", corev1.SecretTypeServiceAccountToken, "password"),
		},
	}
	before := c.DeepCopy()
	o := declared.For("one", "ns", "default")
	var got []string
	for name, values := range o.Secrets {
		for key, value := range values {
			got = append(got, name+": "+key+"="+value.Reveal())
		}
	}
	want := []string{"both: 192.0.2.1=both 192.0.2.1", "direct: password=direct password", "group: k=group k", "ranges: password=ranges password"}
	if diff := cmp.Diff(want, sorted(got)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(o.Configuration)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "inline-") != 1 || !strings.Contains(string(text), "inline-mine") {
		t.Errorf("passwords in the configuration: %s", text)
	}
	if diff := cmp.Diff(before, &c); diff != "" {
		t.Errorf("the configuration of others changed:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"token": "kubernetes.io/service-account-token"}, o.UnfitSecrets); diff != "" {
		t.Errorf("Secrets that are not for passwords (-want +got):\n%s", diff)
	}
	config, notes, err := render.Resolve(render.Input{Objects: o, Dialect: render.FRR10})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range config.Instances()[0].Neighbors {
		if n.ID == "192.0.2.7" {
			t.Error("a session has the token of a service account for its password")
		}
	}
	if said := noteAbout(notes, "spec.neighbors[6].config.authPasswordSecretRef"); !strings.Contains(said, "not for passwords") {
		t.Errorf("of a Secret with a token the note says %q", said)
	}
	if said := noteAbout(notes, "spec.peerGroups[3].config.authPasswordSecretRef"); said != "" {
		t.Errorf("of the password of a group that no session uses: %q", said)
	}
}

// Of the types that Secrets have, only these are for passwords.
func TestTypesOfSecrets(t *testing.T) {
	for kind, fit := range map[corev1.SecretType]bool{
		"": true, corev1.SecretTypeOpaque: true, corev1.SecretTypeBasicAuth: true, "bgp.purelb.io/password": true,
		corev1.SecretTypeServiceAccountToken: false, corev1.SecretTypeTLS: false, corev1.SecretTypeDockerConfigJson: false,
		corev1.SecretTypeDockercfg: false, corev1.SecretTypeSSHAuth: false, corev1.SecretTypeBootstrapToken: false,
		"helm.sh/release.v1": false, "istio.io/key-and-cert": false, "rke.cattle.io/machine-plan": false, "opaque": false, "kubernetes.io/other": false,
	} {
		c := configuration("ns", "default", "named")
		c.Spec.Neighbors[0].Config.NeighborAddress = "192.0.2.1"
		declared := render.Declared{Configurations: []*v1.BGPConfiguration{c}, Nodes: []*corev1.Node{{ObjectMeta: metav1.ObjectMeta{Name: "one"}}}, Secrets: []*corev1.Secret{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "named"}, Type: kind, Data: map[string][]byte{"password": []byte("value")},
		}}}
		for _, node := range []string{"", "one"} {
			o := declared.For(node, "ns", "default")
			if _, unfit := o.UnfitSecrets["named"]; unfit == fit || len(o.Secrets) == 1 != fit {
				t.Errorf("type %q on node %q: values %v, unfit %v", kind, node, o.Secrets, o.UnfitSecrets)
			}
		}
	}
}

// A Secret that the selector does not select gives no password, also none that it gave before, and the note says why. A node
// does not receive Secrets that the API server did not send.
func TestSecretSelector(t *testing.T) {
	c := configuration("ns", "default", "named")
	c.Spec.Global.ASN, c.Spec.Neighbors[0].Config.NeighborAddress, c.Spec.Neighbors[0].Config.PeerASN = 65000, "192.0.2.1", 65001
	secret := func(labels map[string]string) []*corev1.Secret {
		return []*corev1.Secret{{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "named", Labels: labels}, Data: map[string][]byte{"password": []byte("value")}}}
	}
	const path = "spec.neighbors[0].config.authPasswordSecretRef"
	for _, tt := range []struct {
		what, selector string
		secrets        []*corev1.Secret
		last           bool // that it gave a password before
		has            bool
		says           string
	}{
		{what: "no selector", secrets: secret(nil), has: true},
		{what: "its label", selector: "for=bgp", secrets: secret(map[string]string{"for": "bgp"}), has: true},
		{what: "another label", selector: "for=bgp", secrets: secret(map[string]string{"for": "web"}), says: `Secret named does not have the labels that the secret selector "for=bgp" asks for`},
		{what: "another label now", selector: "for=bgp", secrets: secret(nil), last: true, says: "does not have the labels"},
		{what: "no Secret that is known", selector: "for=bgp", says: `there is no Secret named with the labels that the secret selector "for=bgp" asks for`},
		{what: "none any more", selector: "for=bgp", last: true, has: true, says: "with the last valid value"},
		{what: "a set", selector: "for in (bgp, bfd), !web", secrets: secret(map[string]string{"for": "bfd"}), has: true},
	} {
		selector, err := labels.Parse(tt.selector)
		if err != nil {
			t.Fatal(err)
		}
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "one"}}
		for _, name := range []string{"", "one"} {
			o := render.Declared{Configurations: []*v1.BGPConfiguration{c}, Nodes: []*corev1.Node{node}, Secrets: tt.secrets, SecretSelector: selector}.For(name, "ns", "default")
			o.Node = node
			in := render.Input{Objects: o, Dialect: render.FRR10}
			if tt.last {
				in.LastSecrets = map[string]map[string]render.Secret{"named": {"password": render.NewSecret("value")}}
			}
			config, notes, err := render.Resolve(in)
			if err != nil {
				t.Fatal(err)
			}
			neighbors := config.Instances()[0].Neighbors
			if has := len(neighbors) == 1 && neighbors[0].Password.Reveal() == "value"; has != tt.has {
				t.Errorf("%s: the session has the password: %t", tt.what, has)
			}
			if said := noteAbout(notes, path); !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
				t.Errorf("%s: the note says %q", tt.what, said)
			}
		}
	}
}

// What cannot be a TCP MD5 password (RFC 2385, TCP_MD5SIG_MAXKEYLEN) is used for none, and no note quotes it.
func TestValuesOfSecrets(t *testing.T) {
	for value, fit := range map[string]bool{
		"hunter2": true, "hunter2\n": true, strings.Repeat("x", 80): true, "pässwörd": true,
		"": false, "\n": false, strings.Repeat("x", 81): false, "two words": false, "tab\tbed": false, "\x00\x01": false, "\xff\xfe": false,
		"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n": false,
	} {
		if got := render.IsPassword(render.NewSecret(value)); got != fit {
			t.Errorf("%q can be a password: %t", value, got)
		}
		c := configuration("ns", "default", "named")
		c.Spec.Global.ASN = 65000
		c.Spec.Neighbors[0].Config.NeighborAddress, c.Spec.Neighbors[0].Config.PeerASN = "192.0.2.1", 65001
		o := render.Objects{Configuration: c, Secrets: map[string]map[string]render.Secret{"named": {"password": render.NewSecret(value)}},
			Node: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "one"}, Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "192.0.2.9"}}}}}
		config, notes, err := render.Resolve(render.Input{Objects: o, Dialect: render.FRR10})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(config.Instances()[0].Neighbors) == 1; got != fit {
			t.Errorf("%q: the session is there: %t", value, got)
		}
		for _, n := range notes {
			if word := strings.TrimSpace(value); len(word) > 3 && strings.Contains(n.String(), word[:4]) {
				t.Errorf("a note quotes %q: %s", value, n)
			}
		}
	}
}

func noteAbout(notes []render.Note, path string) string {
	for _, n := range notes {
		if n.Path == path {
			return n.Message
		}
	}
	return ""
}

func sorted(list []string) []string { slices.Sort(list); return list }
