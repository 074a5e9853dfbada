package token

import "testing"

func TestCanonical(t *testing.T) {
	for word, want := range map[string]string{
		"::1.2.3.4":            "::102:304",
		"::0.1.0.1/128":        "::1:1/128",
		"::ffff:102:304":       "::ffff:1.2.3.4",
		"::ffff:1.2.3.4":       "::ffff:1.2.3.4",
		"::ffff:102:304/120":   "::ffff:1.2.3.4/120",
		"64:ff9b::1.2.3.4":     "64:ff9b::102:304",
		"::ffff:0:1.2.3.4":     "::ffff:0:102:304",
		"FE80::5EFE:1.2.3.4":   "fe80::5efe:102:304",
		"fe80::1%eth0":         "fe80::1%eth0",
		"::/0":                 "::/0",
		"2001:db8:0:0:1::/80":  "2001:db8:0:0:1::/80",
		"192.0.2.1":            "192.0.2.1",
		"kube-lb0":             "kube-lb0",
		"65000:1":              "65000:1",
		"::1.2.3.4/129":        "::1.2.3.4/129",
		"a::text::with::these": "a::text::with::these",
		"":                     "",
	} {
		if got := Canonical(word); got != want {
			t.Errorf("%q is spelled %q; want %q", word, got, want)
		}
	}
}
