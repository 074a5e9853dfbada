//go:build linux

package sessions

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	program  = flag.String("agent", "", "the k8frr-agent to run; empty: built from this tree")
	patience = flag.Duration("patience", 3*time.Minute, "how long anything may take that must happen")
)

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "8") // unless the command line says otherwise: a scenario mostly waits
	flag.Parse()
	if *program != "" {
		os.Exit(m.Run())
	}
	os.Exit(lab.WithAgent(program, m.Run))
}

// TestScenarios runs every scenario on each version of FRR.
func TestScenarios(t *testing.T) {
	samples, err := filepath.Abs("../../deploy/samples")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			testscript.RunT(scripts{t}, testscript.Params{
				Dir:                "testdata",
				RequireUniqueNames: true,
				Cmds:               commands,
				Condition:          func(cond string) (bool, error) { return cond == "frr-"+version.Name, nil },
				Setup: func(env *testscript.Env) error {
					env.Setenv("SAMPLES", samples)
					t := env.T().(scripts).T
					env.Values[key{}] = &scenario{t: t, version: version, lab: lab.New(t),
						switches: map[string]*lab.Host{}, speakers: map[string]speaker{}, applied: map[string]int{}}
					return nil
				},
			})
		})
	}
}

// scripts is testscript's view of a test, from which a scenario takes the test.
type scripts struct{ *testing.T }

// Verbose reports whether to show what succeeded, too.
func (s scripts) Verbose() bool { return testing.Verbose() }

// Run runs a script as a test of its own.
func (s scripts) Run(name string, f func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { f(scripts{t}) })
}
