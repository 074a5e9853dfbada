package token

import "testing"

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"router bgp 1\n neighbor X password a b\n neighbor X shutdown": "router bgp 1\n neighbor X password <redacted>\n neighbor X shutdown",
		"neighbor X password 7 1234":                                   "neighbor X password <redacted>",
		"password hunter2":                                             "password <redacted>",
		"enable password 8 hunter2":                                    "enable password <redacted>",
		"key chain K / key 1 / key-string hunter2":                     "key chain K / key 1 / key-string <redacted>",
		" ip ospf authentication-key hunter2":                          " ip ospf authentication-key <redacted>",
		" ip ospf message-digest-key 1 md5 hunter2":                    " ip ospf message-digest-key 1 md5 <redacted>",
		" isis password md5 hunter2":                                   " isis password <redacted>",
		" area-password clear hunter2":                                 " area-password <redacted>",
		"first before: neighbor 10.1.0.2 password hunter2":             "first before: neighbor 10.1.0.2 password <redacted>",
		" no neighbor X password":                                      " no neighbor X password",
		"service password-encryption":                                  "service password-encryption",
		" area 0 authentication message-digest":                        " area 0 authentication message-digest",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
