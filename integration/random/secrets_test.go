package random_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/supervise/plan"
)

// Of a random configuration the passwords of its neighbors are hidden and nothing else, in frr.conf and in a plan, though
// its lists, policies and peer groups have names like keywords before a secret.
func TestSecretsOfRandomConfigurations(t *testing.T) {
	looks := strings.NewReplacer(`"vips"`, `"password"`, `"tors"`, `"secret"`, `"marked"`, `"key"`, `"own paths"`, `"md5"`, `"targets"`, `"key-string"`,
		`"large"`, `"authentication-key"`, `"FABRIC"`, `"password"`, `"leaf-1"`, `"secret"`, `"ünïcode!"`, `"key-string"`, `"from-tor"`, `"password"`, `"drain"`, `"md5"`)
	checked, hidden := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 20))
		n := random.NewNode(r)
		spec, err := json.Marshal(n.Spec)
		if err != nil {
			t.Fatal(err)
		}
		named := n
		named.Spec.Neighbors, named.Spec.PeerGroups = nil, nil
		if err := json.Unmarshal([]byte(looks.Replace(string(spec))), &named.Spec); err != nil {
			t.Fatal(err)
		}
		if named.Valid() {
			n = named
			checked++
		}
		text := textOf(t, n)
		for line := range strings.Lines(text) {
			words := strings.Fields(line)
			isPassword := len(words) > 3 && words[0] == "neighbor" && words[2] == "password"
			switch shown := token.Redact(line); {
			case isPassword && shown != strings.Join([]string{strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))) + "neighbor", words[1], "password", token.Redacted}, " ")+"\n":
				t.Errorf("seed %d: a password is shown by %q", seed, shown)
			case !isPassword && shown != line:
				t.Errorf("seed %d: %q instead of %q", seed, shown, line)
			case isPassword:
				hidden++
			}
		}
		for i, s := range plan.Between("", text).Steps {
			words := strings.Fields(s.Line)
			isPassword := len(words) > 3 && words[0] == "neighbor" && words[2] == "password"
			for _, shown := range []string{s.Command.String(), fmt.Sprint(s.Command), fmt.Sprintf("%+v", s.Command)} {
				if strings.Contains(shown, token.Redacted) != isPassword {
					t.Errorf("seed %d, step %d: %q", seed, i, shown)
				}
			}
		}
	}
	if checked < 10 || hidden < 10 {
		t.Errorf("%d configurations with such names, %d passwords", checked, hidden)
	}
}
