package forecast_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/supervise/forecast"
)

var update = flag.Bool("update", false, "write what is forecast into the files")

// survey is the fleet of objects; kube-lb0 carries an address of each family.
func survey(t *testing.T, text []byte) *fleet.Fleet {
	t.Helper()
	documents, err := manifest.Read(strings.NewReader(string(text)), "test")
	if err != nil {
		t.Fatal(err)
	}
	set, err := manifest.Collect(documents, "purelb-system")
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	declared := render.Declared{Configurations: set.Configurations, Secrets: set.Secrets}
	in := fleet.Input{Nodes: set.Nodes, Renderer: renderer, Common: render.Input{
		Objects: declared.For("", "purelb-system", "default"), Dialect: render.FRR10,
		Links: []render.Link{{Name: "kube-lb0", Up: true, Addresses: []render.Address{
			{Prefix: netip.MustParsePrefix("10.200.0.5/24")}, {Prefix: netip.MustParsePrefix("2001:db8:200::5/128")},
		}}},
	}}
	if in.Common.Configuration == nil {
		return fleet.Nothing(set.Nodes)
	}
	f, err := fleet.Of(in)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func show(f *forecast.Forecast) string {
	var out strings.Builder
	fmt.Fprintln(&out, f.Summary)
	for _, c := range f.Changes {
		// The steps are supervise/plan's matter.
		fmt.Fprintf(&out, "%v %s, by a plan: %v\n%s", c.Nodes, c.Fate, !c.Plan.Empty(), c.Diff)
		if c.Restart != "" {
			fmt.Fprintln(&out, "bgpd is started again", c.Restart)
		}
		for _, s := range c.Sessions {
			fmt.Fprintf(&out, "session %s: %s\n", s.Peer, s.Effect)
		}
		for _, r := range c.Routes {
			fmt.Fprintf(&out, "route %+v\n", r)
		}
	}
	for _, u := range f.Unknown {
		fmt.Fprintf(&out, "unknown %s: %v\n", u.Node, u.Err)
	}
	fmt.Fprintln(&out, "same:", f.Same)
	return out.String()
}

// Each file is objects before and after, besides those that both have, and
// what is forecast.
func TestForecasts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := map[string][]byte{}
			for _, f := range archive.Files {
				text[f.Name] = f.Data
			}
			side := func(name string) *fleet.Fleet {
				return survey(t, append(append([]byte{}, text["both"]...), text[name]...))
			}
			got := show(forecast.Of(side("before"), side("after"), "10.3"))
			if strings.Contains(got, "hunter") {
				t.Error("a password is shown")
			}
			if *update {
				archive.Files[len(archive.Files)-1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(text["want"]), got); diff != "" && !*update {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
