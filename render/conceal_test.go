package render

import (
	"fmt"
	"testing"
)

func TestConceal(t *testing.T) {
	secrets := []Secret{NewSecret("hunter2"), NewSecret("hunter2-and-more"), NewSecret(`a"b\c<d`), NewSecret("bgp"), {}}
	for said, want := range map[string]string{
		"neighbor X pasword hunter2":             "neighbor X pasword <redacted>",
		"neighbor X pasword hunter2-and-more":    "neighbor X pasword <redacted>",
		"xhunter2y hunter2hunter2":               "x<redacted>y <redacted><redacted>",
		`plain a"b\c<d`:                          "plain <redacted>",
		fmt.Sprintf("quoted %q", `a"b\c<d`):      `quoted "<redacted>"`,
		"bgpd and ebgp, but bgp: (bgp)":          "bgpd and ebgp, but <redacted>: (<redacted>)",
		"nothing of that":                        "nothing of that",
		"":                                       "",
		"neighbor X password <redacted>, all \\": "neighbor X password <redacted>, all \\",
	} {
		if got := Conceal(said, secrets); got != want {
			t.Errorf("%s: %s, and not %s", said, got, want)
		}
	}
}
