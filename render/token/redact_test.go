package token

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"router bgp 1\n neighbor X password a b\n neighbor X shutdown": "router bgp 1\n neighbor X password <redacted>\n neighbor X shutdown",
		"neighbor X password 7 1234":                                   "neighbor X password <redacted>",
		"password hunter2":                                             "password <redacted>",
		"enable password 8 hunter2":                                    "enable password <redacted>",
		"key chain K / key 1 / key-string hunter2":                     "key chain K / key 1 / key-string <redacted>",
		" isis password md5 hunter2":                                   " isis password md5 <redacted>",
		" area-password clear hunter2":                                 " area-password clear <redacted>",
		"first before: neighbor 10.1.0.2 password hunter2":             "first before: neighbor 10.1.0.2 password <redacted>",
		"line 3: % Unknown command[31]:  nei X passw hunter2":          "line 3: % Unknown command[31]:  nei X passw <redacted>",
		`"neighbor X password hunter2" is refused`:                     `"neighbor X password <redacted>`,
		"router bgp 1 / neighbor X password hunter2":                   "router bgp 1 / neighbor X password <redacted>",
		"neighbor X password a\r\nneighbor Y password b":               "neighbor X password <redacted>\r\nneighbor Y password <redacted>",
		"a refused line\rneighbor Y password b":                        "a refused line\rneighbor Y password <redacted>",
		"bgpd refuses neighbor X password hunter2":                     "bgpd refuses neighbor X password <redacted>",
		"frr.conf of node secret, generated":                           "frr.conf of node secret, generated",
		"neighbor X description a; neighbor Y password hunter2":        "neighbor X description a; neighbor Y password hunter2",
		"% error: neighbor X refused; neighbor Y password hunter2":     "% error: neighbor X refused; neighbor Y password <redacted>",
		"! password: hunter2":                                          "! password: <redacted>",
		"PASSWORD=hunter2 rest":                                        "PASSWORD=<redacted>",
		"neighbor X pass\u200bword hunter2":                            "neighbor X pass\u200bword <redacted>",
		"neighbor password hunter2":                                    "neighbor password <redacted>",
		"neighbor X pasword hunter2":                                   "neighbor X pasword <redacted>",
		"neighbor X passwrod hunter2":                                  "neighbor X passwrod <redacted>",
		"foo description password hunter2":                             "foo description password <redacted>",
		"neighbor X password /":                                        "neighbor X password <redacted>",
		"neighbor X password !!!":                                      "neighbor X password <redacted>",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// secretCommands are commands with a secret, SECRET, in every position of FRR's
// grammar on 8.4 to 10.7, and some of other routers. integration/vtysh finds
// positions that are missing.
var secretCommands = []string{
	"neighbor 192.0.2.1 password SECRET", "neighbor fd00:: password SECRET", "neighbor eth0 password SECRET", "no neighbor 192.0.2.1 password SECRET",
	"neighbor password password SECRET", "neighbor secret password SECRET", "neighbor description password SECRET",
	"password SECRET", "password 8 SECRET", "enable password SECRET", "enable password 8 SECRET",
	"key-string SECRET", "no key-string SECRET",
	"ip ospf authentication-key SECRET", "ip ospf authentication-key SECRET 10.0.0.1", "ospf authentication-key SECRET",
	"ip ospf message-digest-key 1 md5 SECRET", "ip ospf message-digest-key 1 md5 SECRET 10.0.0.1", "ospf message-digest-key 255 md5 SECRET",
	"area 0 virtual-link 10.0.0.1 authentication-key SECRET", "area 0 virtual-link 10.0.0.1 message-digest-key 1 md5 SECRET",
	"area 0.0.0.1 virtual-link 10.0.0.1 authentication message-digest message-digest-key 1 md5 SECRET",
	"area 0.0.0.1 virtual-link 10.0.0.1 authentication key-chain password authentication-key SECRET",
	"ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key SECRET",
	"isis password clear SECRET", "isis password md5 SECRET", "openfabric password md5 SECRET",
	"area-password clear SECRET", "area-password md5 SECRET authenticate snp validate", "domain-password clear SECRET", "domain-password md5 SECRET authenticate snp send-only",
	"ip rip authentication string SECRET", "ip nhrp authentication SECRET", "ipv6 nhrp authentication SECRET",
	"msdp peer 192.0.2.1 password SECRET", "ip msdp peer 192.0.2.1 password SECRET", "tcp-md5-auth SECRET",
	"enable secret SECRET", "enable secret 5 SECRET", "username admin password SECRET", "username secret secret 5 SECRET", "secret SECRET", "secret 9 SECRET",
	"snmp-server community SECRET", "radius-server host 192.0.2.1 key SECRET", "tacacs-server key 7 SECRET", "key SECRET", "key 7 SECRET",
	"pre-shared-key SECRET", "crypto isakmp key SECRET address 192.0.2.1", "radius-server shared-secret SECRET",
	"neighbor 192.0.2.1 remote-as 65001 password SECRET", "isis password SECRET", "ip ospf authentication SECRET",
}

// openCommands hold no secret, whatever they are called.
var openCommands = []string{
	"neighbor NAME peer-group", "neighbor NAME remote-as 65001", "neighbor NAME local-as 65010", "neighbor NAME allowas-in 10",
	"neighbor 192.0.2.1 peer-group NAME", "neighbor 192.0.2.1 passive", "neighbor 192.0.2.1 description the NAME is NAME now",
	"neighbor NAME route-map NAME in", "neighbor NAME prefix-list NAME out", "neighbor NAME filter-list NAME in", "neighbor NAME update-source NAME",
	"neighbor NAME interface peer-group NAME", "neighbor NAME interface v6only remote-as external", "neighbor NAME bfd profile NAME",
	"neighbor NAME advertise-map NAME exist-map NAME", "neighbor NAME default-originate route-map NAME", "neighbor NAME unsuppress-map NAME",
	"neighbor NAME shutdown message the NAME is gone", "neighbor NAME ebgp-multihop 2", "no neighbor NAME password", "neighbor NAME description x",
	"bgp listen range 10.0.0.0/8 peer-group NAME", "router bgp 65000 vrf NAME", "router bgp 65000 view NAME", "interface NAME", "interface NAME vrf NAME", "vrf NAME",
	"ip prefix-list NAME seq 5 permit any", "ipv6 prefix-list NAME seq 5 permit fd00::/8 le 128", "ip prefix-list NAME description the NAME of all",
	"access-list NAME seq 5 permit any", "ipv6 access-list NAME seq 5 permit any", "access-list NAME remark the NAME of all",
	"bgp as-path access-list NAME seq 5 permit _65001_", "bgp community-list standard NAME seq 5 permit 65000:1", "bgp community-list expanded NAME seq 5 permit .*",
	"bgp large-community-list standard NAME seq 5 permit 65000:1:1", "bgp extcommunity-list expanded NAME seq 5 permit .*",
	"route-map NAME permit 10", "route-map NAME deny 65535", "call NAME", "match community NAME exact-match", "match ip address prefix-list NAME",
	"match interface NAME", "match as-path NAME", "match large-community NAME", "match extcommunity NAME any", "set comm-list NAME delete",
	"set large-comm-list NAME delete", "set community 65000:1 additive", "set src 192.0.2.1", "description NAME is the NAME",
	"ip route 10.0.0.0/8 NAME tag 7473 250", "ipv6 route fd00::/64 NAME tag 7473 17", "redistribute static route-map NAME", "redistribute connected metric 5 route-map NAME",
	"network 10.0.0.0/8 route-map NAME", "aggregate-address 10.0.0.0/8 route-map NAME summary-only", "import vrf NAME", "import vrf route-map NAME",
	"ip protocol bgp route-map NAME", "table-map NAME", "distribute-list NAME out eth0", "ip router isis NAME", "key chain NAME", "key 1", "hostname NAME",
	"ip ospf authentication", "ip ospf authentication message-digest", "ip ospf authentication key-chain NAME", "ipv6 ospf6 authentication keychain NAME",
	"ip rip authentication mode md5 auth-length rfc", "ip rip authentication key-chain NAME", "ip authentication mode eigrp 1 md5",
	"ip authentication key-chain eigrp 1 NAME", "area 0 authentication message-digest", "area 0 authentication", "area 0 virtual-link 10.0.0.1 authentication message-digest",
	"username NAME nopassword", "service password-encryption", "no enable password", "no password", "cryptographic-algorithm md5", "ip ospf area 0",
	"frr.conf of node NAME, generated by k8frr.", "bfd", "profile NAME", "peer 192.0.2.1 vrf NAME interface NAME", "bgp router-id 192.0.2.1",
	"route-map K8FRR-EXPORT-NAME permit 10", "neighbor 192.0.2.1 route-map K8FRR-NAME in", "ip prefix-list K8FRR-NAME seq 5 permit any",
}

// names look like keywords before a secret.
var names = []string{"password", "secret", "key", "md5", "key-string", "passphrase", "authentication-key", "my-password", "description", "Password", "neighbor"}

// inTables reports whether a command is not one of another router that is found by its words.
func inTables(command string) bool {
	return !strings.HasPrefix(command, "crypto ") && !strings.HasPrefix(command, "pre-shared-key ") && !strings.HasPrefix(command, "radius-server shared") &&
		command != "isis password SECRET" && !strings.HasPrefix(command, "neighbor 192.0.2.1 remote-as")
}

func TestSecretPlaces(t *testing.T) {
	for _, command := range secretCommands {
		before, _, _ := strings.Cut(command, "SECRET")
		for _, secret := range []string{"hunter2", "hunter2 hunter2", "7", "password", "passive", "md5", "/", "a/b", "!", "x=y", "12:34", "ünter"} {
			if !inTables(command) && secret == "/" || command == "key SECRET" && secret == "7" {
				continue // which is what separates commands; which is the number of a key
			}
			for _, context := range []string{"", " ", "\t", "! ", "# ", "+ ", "- ", "router bgp 1 / ", "refused: ", "line 5: % Unknown command: ", `"`} {
				line := context + strings.Replace(command, "SECRET", secret, 1)
				if got, want := Redact(line), context+before+Redacted; got != want && Redact(got) != want && !strings.HasPrefix(want, strings.TrimSuffix(got, Redacted)) {
					t.Errorf("%q: %q, want %q", line, got, want)
				}
			}
			if got := SecretOf(strings.Replace(command, "SECRET", secret, 1)); inTables(command) && (got == "" || !strings.Contains(secret, got)) {
				t.Errorf("the secret of %q is %q", strings.Replace(command, "SECRET", secret, 1), got)
			}
		}
	}
}

func TestOpenPlaces(t *testing.T) {
	for _, command := range openCommands {
		for _, name := range names {
			for _, context := range []string{"", "  ", "router bgp 65000 / ", "FRR refuses: ", "no "} {
				line := context + strings.ReplaceAll(command, "NAME", name)
				if got := Redact(line); got != line {
					t.Errorf("%q: %q", line, got)
				}
			}
		}
	}
}

// vtysh takes keywords abbreviated.
func TestAbbreviated(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 4))
	for range 20_000 {
		command := secretCommands[random.IntN(len(secretCommands))]
		if !inTables(command) {
			continue
		}
		words := strings.Fields(command)
		for i, w := range words {
			if isKeyword := strings.ToLower(w) == w && len(w) > 3 && !strings.ContainsAny(w, "0123456789.:"); isKeyword {
				words[i] = w[:max(len(w)-random.IntN(4), 4)]
				if random.IntN(4) == 0 {
					words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
				}
			}
		}
		line := strings.ReplaceAll(strings.Join(words, strings.Repeat(" ", 1+random.IntN(2))), "SECRET", "hunter2")
		if got := Redact(line); strings.Contains(got, "hunter2") {
			t.Errorf("%q (%s): %q", line, command, got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("neighbor X password hunter2\r\nrest", 3)
	f.Add("neighbor X description password\n / key 1", 9)
	f.Fuzz(func(t *testing.T, text string, n int) {
		got := Redact(text)
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q: other lines", text, got)
		}
		_ = SecretOf(text)
		if n < 0 {
			n = -(n + 1)
		}
		// A command with a secret, wherever it stands among lines.
		command := strings.Replace(secretCommands[n%len(secretCommands)], "SECRET", "hunter2", 1)
		if got := Redact(text + "\n" + command + "\n" + text); strings.Count(got, "hunter2") > 2*strings.Count(text, "hunter2") {
			t.Errorf("%q: %q", command, got)
		}
	})
}

// The cost of a line grows with its length and no faster: of the square of this
// one the test would not see the end.
func TestRedactIsLinear(t *testing.T) {
	for _, part := range []string{"radius-server ", "area 0 virtual-link ", "x: ", "\"", "neighbor secret ", "/ ", "password= ", "community-list "} {
		_ = Redact(strings.Repeat(part, 1<<20/len(part)))
	}
}

func BenchmarkRedact(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "ip route 10.0.%d.%d/32 kube-lb0 tag 7473 17\n", i/256, i%256)
		fmt.Fprintf(&text, " neighbor 10.1.%d.%d route-map K8FRR-EXPORT out\n", i/256, i%256)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		Redact(text.String())
	}
}
