//go:build linux

package vtysh

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render/token"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"neighbor 10.0.0.1 password s3cret":              "neighbor 10.0.0.1 password <redacted>",
		"neighbor fe80::1 password 7 s3cret!":            "neighbor fe80::1 password <redacted>",
		"neighbor X password s3 cr et":                   "neighbor X password <redacted>",
		"  key-string s3cret\nexit":                      "  key-string <redacted>\nexit",
		"ip ospf message-digest-key 1 md5 s3cret":        "ip ospf message-digest-key 1 md5 <redacted>",
		"ip ospf authentication-key s3cret":              "ip ospf authentication-key <redacted>",
		"no neighbor 10.0.0.1 password":                  "no neighbor 10.0.0.1 password",
		"neighbor 10.0.0.1 remote-as 65000":              "neighbor 10.0.0.1 remote-as 65000",
		"set community 65000:1":                          "set community 65000:1",
		"% Unknown command: NEIGHBOR X PASSWORD s3cret ": "% Unknown command: NEIGHBOR X PASSWORD <redacted>",
	} {
		if got := redact(text); got != want {
			t.Errorf("redact(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestRedactorKnowsTheScriptsSecrets(t *testing.T) {
	hide := redactor([]string{
		" neighbor 10.0.0.1 password 7 pa$$word",
		" neighbor 10.0.0.2 password two words",
		" neighbor 10.0.0.3 password a",
		" neighbor 10.0.0.4 password <redacted>",
		" neighbor 10.0.0.5 remote-as 65000",
	})
	for text, want := range map[string]string{
		"% Invalid value 'pa$$word'":     "% Invalid value '<redacted>'",
		"unexpected two words, or words": "unexpected <redacted>, or <redacted>",
		"a bad banana is not a":          "<redacted> bad banana is not <redacted>",
		"AS 65000, status 7":             "AS 65000, status 7",
	} {
		if got := hide(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add("s3cret", "% Invalid value: %")
	f.Add("<redacted>", "redacted <redacted>")
	f.Add("é", "éé é")
	f.Fuzz(func(t *testing.T, secret, around string) {
		if secret != strings.TrimSpace(secret) || len(strings.Fields(secret)) != 1 || strings.Contains(token.Redacted, secret) {
			return // FRR takes no password with spaces
		}
		line := "neighbor X password " + secret
		if strings.ContainsAny(secret, "\r\n") {
			return
		}
		if got := redactor([]string{line})(around + " '" + secret + "' "); strings.Contains(got, " '"+secret+"' ") {
			t.Errorf("%q still contains %q", got, secret)
		}
	})
}
