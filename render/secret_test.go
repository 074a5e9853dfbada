package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const hunter2 = "hunter2"

func TestSecretsShowThemselvesToNobody(t *testing.T) {
	secret := NewSecret(hunter2)
	session := Session{Password: secret}
	config := &Config{
		ASN:      65000,
		RouterID: RouterID{Source: FromSpec},
		Instance: Instance{
			PeerGroups: []PeerGroup{{Name: "tor", Session: session}},
			Neighbors:  []Neighbor{{ID: "192.0.2.1", PeerASN: 65001, Session: session}},
		},
	}
	text := mustText(t, config)
	if !strings.Contains(text.Reveal(), " neighbor 192.0.2.1 password "+hunter2+"\n") {
		t.Fatalf("the password is not in the text that FRR gets:\n%s", text.Reveal())
	}
	values := map[string]any{
		"secret": secret, "pointer": &secret, "session": session,
		"neighbor": config.Neighbors[0], "neighbors": config.Neighbors, "config": *config,
		"objects":        Objects{Secrets: map[string]map[string]Secret{"s": {"k": secret}}},
		"input":          Input{Objects: Objects{Secrets: map[string]map[string]Secret{"s": {"k": secret}}}},
		"pointer within": struct{ Config *Config }{config}, "hidden": struct{ s Secret }{secret}, "hidden text": struct{ t *Text }{&text},
		"text": text, "text pointer": &text, "document": newDocument(config),
	}
	for name, v := range values {
		var shown bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10v", "%T"} {
			fmt.Fprintf(&shown, verb, v)
		}
		fmt.Fprint(&shown, v, fmt.Errorf("wrapped: %v", v))
		for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
			slog.New(handler).Info("message", "value", v)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		asYAML, err := yaml.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		shown.Write(asJSON)
		shown.Write(asYAML)
		for _, form := range []string{hunter2, fmt.Sprintf("%x", hunter2), fmt.Sprintf("%X", hunter2)} {
			if strings.Contains(shown.String(), form) {
				t.Errorf("%s gives the secret away:\n%s", name, shown.String())
			}
		}
	}
}

func TestSecretsCompare(t *testing.T) {
	a, again, b := NewSecret("a"), NewSecret("a"), NewSecret("b")
	if a != again || a == b || NewSecret("") != (Secret{}) {
		t.Error("secrets do not compare by value")
	}
	if s := NewSecret(""); !s.IsZero() || s.Reveal() != "" || a.IsZero() {
		t.Error("an empty secret is no secret")
	}
}

func TestSecretMapKey(t *testing.T) {
	data, err := json.Marshal(map[Secret]int{NewSecret(hunter2): 1})
	if err != nil || strings.Contains(string(data), hunter2) {
		t.Errorf("%s %v", data, err)
	}
}

func TestTextPrintsRedacted(t *testing.T) {
	text := Text{NewSecret("router bgp 1\n neighbor 192.0.2.1 password hunter2\n neighbor 192.0.2.1 timers 3 9\n")}
	want := "router bgp 1\n neighbor 192.0.2.1 password <redacted>\n neighbor 192.0.2.1 timers 3 9\n"
	if text.String() != want || fmt.Sprint(text) != want || fmt.Sprintf("%#v", text) != want {
		t.Errorf("%s", text)
	}
	if text.Hash() == (Text{NewSecret(want)}).Hash() || len(text.Hash()) != 12 {
		t.Errorf("hash %s", text.Hash())
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"neighbor 192.0.2.1 password s3cret":                   "neighbor 192.0.2.1 password <redacted>",
		"no neighbor 192.0.2.1 password s3cret":                "no neighbor 192.0.2.1 password <redacted>",
		" neighbor tor password 7 s3cret":                      " neighbor tor password <redacted>",
		"password s3cret":                                      "password <redacted>",
		"  key-string s3cret":                                  "  key-string <redacted>",
		"a\n neighbor eth0 password !s3#cret\nb":               "a\n neighbor eth0 password <redacted>\nb",
		"neighbor 192.0.2.1 remote-as 65001":                   "neighbor 192.0.2.1 remote-as 65001",
		"% Unknown command: neighbor 1.1.1.1 password s3cret ": "% Unknown command: neighbor 1.1.1.1 password <redacted>",
		"no neighbor 192.0.2.1 password":                       "no neighbor 192.0.2.1 password",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}
