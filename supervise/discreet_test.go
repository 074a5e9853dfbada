package supervise

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// withPassword is a configuration with one neighbor, and its password.
func withPassword(password string) *render.Config {
	n := render.Neighbor{ID: "10.1.0.1"}
	n.Password = render.NewSecret(password)
	return &render.Config{Instance: render.Instance{Neighbors: []render.Neighbor{n}}}
}

// Whatever is logged, passwords that are declared, or were before that, are not in it.
func TestDiscreetLog(t *testing.T) {
	var out strings.Builder
	var d discretion
	log := slog.New(discreetLog{slog.NewTextHandler(&out, nil), &d})
	d.learn(withPassword("the-first"))
	early := log.With("kept", "the-first")
	d.learn(withPassword("the-second"))
	d.learn(withPassword("the-first")) // it is gone back to it
	d.learn(withPassword("the-second"))
	early.Info("pasword the-first", "error", errors.New("refused: the-second"), "n", 7, "secret", render.NewSecret("the-second"))
	log.WithGroup("group").Info("what the-second says", "lines", []string{"the-first"})
	if said := out.String(); strings.Contains(said, "the-") || strings.Count(said, render.Redacted) != 6 || !strings.Contains(said, "n=7") {
		t.Errorf("%s", said)
	}
	notes := []render.Note{{Path: "spec", Message: "acts later: pasword the-second"}}
	if hidden := d.hideIn(notes); hidden[0].Message != "acts later: pasword <redacted>" || notes[0].Message == hidden[0].Message {
		t.Errorf("%v, %v", hidden, notes)
	}
}
