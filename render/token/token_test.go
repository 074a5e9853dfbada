package token

import (
	"strings"
	"testing"
)

// want is either a value or a part of an error.
type want struct{ value, err string }

func ok(value string) want    { return want{value: value} }
func refused(err string) want { return want{err: err} }

func compare(t *testing.T, in, got string, err error, w want) {
	t.Helper()
	switch {
	case w.err == "" && (err != nil || got != w.value):
		t.Errorf("%q: got %q and error %v, want %q", in, got, err, w.value)
	case w.err != "" && (err == nil || !strings.Contains(err.Error(), w.err)):
		t.Errorf("%q: got %q and error %v, want one that says %q", in, got, err, w.err)
	}
}

func TestWord(t *testing.T) {
	for in, w := range map[string]want{
		"tor":                    ok("tor"),
		"Zürich-🛰":               ok("Zürich-🛰"),
		"!":                      ok("!"),
		"a|b":                    ok("a|b"),
		strings.Repeat("x", 128): ok(strings.Repeat("x", 128)),
		"":                       refused("empty"),
		strings.Repeat("x", 129): refused("128 bytes"),
		strings.Repeat("é", 65):  refused("128 bytes"),
		"two words":              refused("blanks"),
		"no\u00a0break":          refused("blanks"),
		"line\nfeed":             refused("control"),
		"nul\x00":                refused("control"),
		"line\u2028separator":    refused("control"),
		"\xff":                   refused("UTF-8"),
		"|":                      refused("|"),
		"a|":                     refused("|"),
	} {
		got, err := Word(in)
		compare(t, in, got, err, w)
	}
}

func TestInterface(t *testing.T) {
	for in, w := range map[string]want{
		"eth0":             ok("eth0"),
		"eth0.100":         ok("eth0.100"),
		"kube-lb0":         ok("kube-lb0"),
		"fifteen-letters":  ok("fifteen-letters"),
		"sixteen--letters": refused("15 bytes"),
		"":                 refused("empty"),
		"a/b":              refused("not the name"),
		".":                refused("not the name"),
		"..":               refused("not the name"),
		"eth 0":            refused("blanks"),
		"eth|":             refused("|"),
	} {
		got, err := Interface(in)
		compare(t, in, got, err, w)
	}
}

func TestPassword(t *testing.T) {
	for in, w := range map[string]want{
		"s3cret":                 ok("s3cret"),
		"!#$|?\\\"'":             ok("!#$|?\\\"'"),
		strings.Repeat("x", 80):  ok(strings.Repeat("x", 80)),
		"":                       refused("empty"),
		strings.Repeat("x", 81):  refused("80 bytes"),
		"two words":              refused("blanks"),
		"line feed at its end\n": refused("blanks"),
		"\xff":                   refused("UTF-8"),
	} {
		got, err := Password(in)
		compare(t, in, got, err, w)
		if err != nil && in != "" && strings.Contains(err.Error(), in) {
			t.Errorf("the error shows the password %q", in)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"a router":                       "a router",
		"  many \t\t blanks  ":           "many blanks",
		"line feed\r\nneighbor":          "line feed neighbor",
		"bell\x07 \x1b[31m \x7f":         "bell [31m",
		"next\u0085line\u2028separator":  "next line separator",
		"! # \" ' \\ ? ; %n $(x) `x`":    "! # \" ' \\ ? ; %n $(x) `x`",
		"a | include b":                  "a / include b",
		"a| include b":                   "a/ include b",
		"a || b":                         "a |/ b",
		"| | |":                          "/ / |",
		"a |":                            "a |",
		"a |b":                           "a |b",
		"a |\n":                          "a |",
		"|\u00a0b":                       "/ b",
		"\xff":                           "\ufffd",
		strings.Repeat("x", 2000):        strings.Repeat("x", 1000),
		strings.Repeat("x", 999) + "é":   strings.Repeat("x", 999),
		strings.Repeat("x", 999) + " yz": strings.Repeat("x", 999),
	} {
		got := Text(in)
		if got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
		if Text(got) != got {
			t.Errorf("Text(%q) is altered once more, to %q", in, Text(got))
		}
		if err := Line("description " + got); err != nil {
			t.Errorf("Text(%q) does not fit a line: it %v", in, err)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, w := range map[string]want{
		"192.0.2.1":                ok("192.0.2.1"),
		"2001:DB8:0::1":            ok("2001:db8::1"),
		"fe80::1":                  ok("fe80::1"),
		"fe80::1%eth0":             ok("fe80::1%eth0"),
		"":                         refused("must be an IPv4 or IPv6 address"),
		"192.0.2.300":              refused("must be an IPv4 or IPv6 address"),
		"192.0.2.01":               refused("must be an IPv4 or IPv6 address"),
		"192.0.2.1/24":             refused("must be an IPv4 or IPv6 address"),
		"router":                   refused("must be an IPv4 or IPv6 address"),
		"192.0.2.1\n":              refused("must be an IPv4 or IPv6 address"),
		"::ffff:192.0.2.1":         refused("IPv4-mapped"),
		"0.0.0.0":                  refused("unicast"),
		"::":                       refused("unicast"),
		"127.0.0.1":                refused("unicast"),
		"224.0.0.1":                refused("unicast"),
		"ff02::1":                  refused("unicast"),
		"fe80::1%eth0\nshutdown":   refused("interface after %"),
		"fe80::1%sixteen--letters": refused("interface after %"),
		"2001:db8::1%eth0":         refused("only if it is link-local"),
	} {
		got, err := Address(in)
		value := ""
		if err == nil {
			value = got.String()
		}
		compare(t, in, value, err, w)
	}
}

func TestLine(t *testing.T) {
	for in, w := range map[string]want{
		"":                                  ok(""),
		" neighbor 192.0.2.1 description |": ok(""),
		strings.Repeat("x", 4000):           ok(""),
		strings.Repeat("x", 4001):           refused("4001 bytes"),
		"a\tb":                              refused("control"),
		"a\rb":                              refused("control"),
		"a | b":                             refused("|"),
		"a| b":                              refused("|"),
	} {
		compare(t, in, "", Line(in), w)
	}
}
