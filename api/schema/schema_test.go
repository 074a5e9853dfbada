package schema_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/api/schema"
	v1 "github.com/k8frr/k8frr/api/v1"
)

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u := new(unstructured.Unstructured)
	data, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := u.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return u
}

// Each file is an object and the beginnings of all problems that it has, in
// order. integration/cluster holds a real API server against the same files.
func TestRefused(t *testing.T) {
	files, err := filepath.Glob("testdata/refused/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			u := object(t, string(archive.Files[0].Data))
			want := strings.Split(strings.TrimSpace(string(archive.Files[1].Data)), "\n")
			var problems schema.Problems
			if err := schema.Check(u); !errors.As(err, &problems) {
				t.Fatalf("not refused: %v", err)
			}
			var got []string
			for i, p := range problems {
				line := p.Message
				if i < len(want) && strings.HasPrefix(line, want[i]) {
					line = want[i]
				}
				got = append(got, line)
				if p.Field != "" && !strings.Contains(p.Message, p.Field) {
					t.Errorf("the message %q does not name the field %s", p.Message, p.Field)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	decoded, err := schema.Decode(object(t, `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default}
spec:
  global: {asn: 4294967295, nodeStatus: {}}
  neighbors:
    - config: {neighborAddress: 10.0.0.1, peerGroup: tors}
      afiSafis: [{family: ipv4-unicast}]
      timers: null
      bfd: {enabled: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	yes, minute := true, int32(60)
	var want v1.BGPConfigurationSpec
	want.Global = v1.Global{ASN: 4294967295, NodeStatus: &v1.NodeStatusConfig{Enabled: &yes, HeartbeatSeconds: &minute}}
	want.Neighbors = []v1.Neighbor{{
		AfiSafis: []v1.AfiSafi{{Family: v1.IPv4Unicast, Enabled: &yes}},
		BFD: &v1.BFD{Enabled: &yes, Port: 3784, DesiredMinimumTxInterval: 1_000_000,
			RequiredMinimumReceive: 1_000_000, DetectionMultiplier: 3},
	}}
	want.Neighbors[0].Config.NeighborAddress, want.Neighbors[0].Config.PeerGroup = "10.0.0.1", "tors"
	if diff := cmp.Diff(want, decoded.(*v1.BGPConfiguration).Spec); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStatusOfNode(t *testing.T) {
	decoded, err := schema.Decode(object(t, `
apiVersion: bgp.purelb.io/v1
kind: BGPNodeStatus
metadata: {name: worker-1}
status: {nodeName: worker-1, neighborCount: 2}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := decoded.(*v1.BGPNodeStatus); got.Status.NodeName != "worker-1" || got.Status.NeighborCount != 2 {
		t.Errorf("%+v", got.Status)
	}
}

func TestUnknownKind(t *testing.T) {
	for _, text := range []string{
		"{apiVersion: bgp.purelb.io/v1, kind: BGPConfig}",
		"{apiVersion: bgp.purelb.io/v1alpha1, kind: BGPConfiguration}",
		"{apiVersion: v1, kind: Node}",
	} {
		err := schema.Check(object(t, text))
		if err == nil || !strings.Contains(err.Error(), "bgp.purelb.io/v1 has BGPConfiguration and BGPNodeStatus") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The message about a password of the wrong type must not hold the password.
func TestPasswordStaysOutOfMessages(t *testing.T) {
	for _, password := range []string{"[hunter2]", "{key: hunter2}", "19700101"} {
		err := schema.Check(object(t, `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default}
spec:
  global: {asn: 65000}
  neighbors: [{config: {peerAsn: 65001, authPassword: `+password+`}}]
`))
		if err == nil {
			t.Fatalf("authPassword: %s is accepted", password)
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "19700101") {
			t.Errorf("the password is in the message: %v", err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	data, err := os.ReadFile("../../deploy/samples/peer-groups.yaml")
	if err != nil {
		b.Fatal(err)
	}
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		u := new(unstructured.Unstructured)
		if err := u.UnmarshalJSON(text); err != nil {
			b.Fatal(err)
		}
		if err := schema.Check(u); err != nil {
			b.Fatal(err)
		}
	}
}
