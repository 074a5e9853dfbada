//go:build linux

package vtysh_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/token"
)

// hasSecret matches the commands of FRR's grammar that take a secret, as FRR writes the grammar: passwords and keys of
// neighbors, of terminals, of key chains and of the interior protocols.
var hasSecret = regexp.MustCompile(`password (\[\(8-8\)\] )?\[?(LINE|WORD)|password \[?<(md5|clear)\|(md5|clear)> WORD|key-string \[?LINE|(area|domain)-password> \[?<|` +
	`authentication-key \[?AUTH_KEY|md5 KEY|hash-algo <[^>]*> key WORD|authentication string \[?LINE|nhrp authentication PASSWORD|tcp-md5-auth WORD`)

// suspect matches those that look as if they took one. Whoever adds a version of FRR decides what they take.
var suspect = regexp.MustCompile(`(?i)passw|secret|\bkey\b|-key\b|key-|md5|authentication [A-Z]{2,}|\bauth|crypt|token|psk`)

// hasNone matches the suspects that take none: the names of key chains, the numbers of keys, algorithms, paths of files.
var hasNone = regexp.MustCompile(`key chain WORD$|key \(0-\d+\)$|key-chain|keychain|` +
	`cryptographic-algorithm|authentication mode|authentication message-digest$|authentication <null|authentication$|authentication \[A\.B\.C\.D\]$|` +
	`password-encryption|nopassword|no (enable )?password$|no (<area-password\|)?domain-password>?$|no key-string$|` +
	`rpki cache|send-lifetime|accept-lifetime|facility|log syslog|authentication algorithm|mac-authentication`)

// notConfigured matches commands that are in no configuration.
var notConfigured = regexp.MustCompile(`^(\[?no\]?(\$no\]?)? )?(show|clear|debug|test|mgmt|find|output)\b`)

// misleading are names that look like keywords before a secret.
var misleading = []string{"password", "secret", "key", "md5", "key-string", "authentication-key"}

// TestSecretsOfTheGrammar takes every command of FRR's own grammar: none that has a secret shows it, and none that has not
// has anything replaced, whatever the names in it are.
func TestSecretsOfTheGrammar(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) { secretsOf(t, version) })
	}
}

func secretsOf(t *testing.T, version lab.Version) {
	f := lab.New(t).Host("node").FRR(version)
	f.Start()
	out, err := f.Vtysh(t.Context(), "find .*")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 473))
	commands, secrets := 0, 0
	for line := range strings.Lines(out) {
		node, grammar, ok := strings.Cut(strings.TrimSpace(line), ")  ")
		if !ok || node == "(view" || node == "(enable" || notConfigured.MatchString(grammar) {
			continue
		}
		commands++
		takes := hasSecret.MatchString(grammar)
		if !takes && suspect.MatchString(grammar) && !hasNone.MatchString(grammar) {
			t.Errorf("%s: is there a secret in it?", grammar)
		}
		if takes {
			secrets++
		}
		for range 12 {
			e := expansion{random: random, secret: "hunter2", name: misleading[random.IntN(len(misleading))]}
			e.expand(grammar)
			command := strings.Join(e.words, " ")
			shown := token.Redact(command)
			switch {
			case strings.Contains(shown, "hunter2"):
				t.Errorf("%s: %q", grammar, shown)
			case !strings.Contains(command, "hunter2") && shown != command:
				t.Errorf("%s: %q of %q", grammar, shown, command)
			}
		}
	}
	if commands < 1000 || secrets < 15 {
		t.Errorf("%d commands, %d of them with a secret", commands, secrets)
	}
}

// An expansion is a command that a grammar allows.
type expansion struct {
	random       *rand.Rand
	secret, name string
	words        []string
}

// expand appends the words of one choice. [a] is optional, <a|b> a choice, {a|b} some of them, $x the name of an argument.
func (e *expansion) expand(grammar string) {
	for len(grammar) > 0 {
		if grammar[0] == ' ' || grammar[0] == '!' {
			grammar = grammar[1:]
			continue
		}
		if closing := strings.IndexByte("[<{", grammar[0]); closing >= 0 {
			inner, rest := bracket(grammar)
			if optional := grammar[0] == '['; !optional || e.random.IntN(2) == 0 || strings.Contains(inner, "KEY") {
				choices := alternatives(inner)
				e.expand(choices[e.random.IntN(len(choices))])
			}
			grammar = rest
			if strings.HasPrefix(grammar, "$") {
				_, grammar, _ = strings.Cut(grammar, " ")
			}
			continue
		}
		end := strings.IndexAny(grammar, " [<{|")
		if end <= 0 {
			end = len(grammar)
		}
		e.word(grammar[:end])
		grammar = grammar[end:]
	}
}

// chosen is a word of the grammar in whose place the user writes another.
var chosen = regexp.MustCompile(`^[A-Z][A-Z0-9_-]+(:[A-Z_:-]+)?$`)

// values are what such words other than names stand for.
var values = map[string]string{
	"HH:MM:SS": "10:00:00", "MONTH": "January", "ASN:NN_OR_IP-ADDRESS:NN": "65000:1", "AA:NN": "65000:1", "ASNUM": "65000", "UID": "1",
	"HALF": "15", "REUSE": "750", "SUPPRESS": "2000", "MAX": "60", "TCPPORT": "3323", "METRIC": "10", "BANDWIDTH": "1000", "X:X:X:X:X:X": "02:00:00:00:00:01",
}

func (e *expansion) word(w string) {
	w, _, _ = strings.Cut(w, "$")
	before := ""
	if len(e.words) > 0 {
		before = e.words[len(e.words)-1]
	}
	switch {
	case w == "..." || w == "":
		return
	case strings.HasPrefix(w, "("):
		w = strings.Trim(strings.Split(w, "-")[0], "()")
	case strings.HasPrefix(w, "A.B.C.D/"):
		w = "10.0.0.0/8"
	case strings.HasPrefix(w, "A.B.C.D"):
		w = "10.0.0.1"
	case strings.HasPrefix(w, "X:X::X:X/"):
		w = "fd00::/64"
	case strings.HasPrefix(w, "X:X::X:X"):
		w = "fd00::1"
	case values[w] != "":
		w = values[w]
	case !chosen.MatchString(w):
	case e.takes(before):
		w = e.secret
	case w == "LINE" && (before == "description" || before == "remark" || before == "message"):
		w = "the " + e.name + " is the " + e.name
	default:
		w = e.name
	}
	e.words = append(e.words, w)
}

// takes reports whether a secret follows the words so far.
func (e *expansion) takes(before string) bool {
	i := len(e.words) - 1
	follows := func(word string) bool { return i >= 1 && e.words[i-1] == word }
	switch before {
	case "password":
		return i == 0 || i == 1 && strings.Contains(" no enable isis openfabric ", " "+e.words[0]+" ") || i >= 2 && (e.words[i-2] == "neighbor" || e.words[i-2] == "peer")
	case "8", "clear":
		return follows("password") || follows("area-password") || follows("domain-password")
	case "md5":
		return follows("password") || follows("area-password") || follows("domain-password") || i >= 2 && e.words[i-2] == "message-digest-key"
	case "key-string", "tcp-md5-auth":
		return i == 0 || i == 1 && e.words[0] == "no"
	case "authentication-key":
		return slices.Contains(e.words, "ospf") || slices.Contains(e.words, "virtual-link")
	case "string":
		return follows("authentication")
	case "key":
		return i >= 2 && e.words[i-2] == "hash-algo"
	case "authentication":
		return i >= 1 && strings.HasSuffix(e.words[i-1], "nhrp")
	}
	return false
}

// bracket cuts a grammar after the bracket that it begins with.
func bracket(grammar string) (inner, rest string) {
	depth := 0
	for i := range len(grammar) {
		switch grammar[i] {
		case '[', '<', '{':
			depth++
		case ']', '>', '}':
			if depth--; depth == 0 {
				return grammar[1:i], grammar[i+1:]
			}
		}
	}
	return grammar[1:], ""
}

// alternatives are the parts of a choice.
func alternatives(inner string) []string {
	var all []string
	depth, from := 0, 0
	for i := range len(inner) {
		switch inner[i] {
		case '[', '<', '{':
			depth++
		case ']', '>', '}':
			depth--
		case '|':
			if depth == 0 {
				all, from = append(all, inner[from:i]), i+1
			}
		}
	}
	return append(all, inner[from:])
}
