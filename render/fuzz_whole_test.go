package render_test

import (
	"flag"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
)

// FuzzNames renames something throughout a whole configuration: a peer group, a
// set, a description, a password. Either the name is refused, or what it names
// is all that changes: the text has the same commands as with a harmless name,
// no more and no fewer.
func FuzzNames(f *testing.F) {
	for i, s := range odd {
		f.Add(uint64(i), uint8(i), s)
	}
	f.Fuzz(checkName)
}

func checkName(t *testing.T, seed uint64, which uint8, name string) {
	spec := random.Spec(rand.New(rand.NewPCG(seed, 7473)))
	names := namesOf(&spec)
	// Nothing is no name, and another's is a reference to that one.
	if len(names) == 0 || token.Text(name) == "" || slices.Contains(names, name) {
		return
	}
	old := names[int(which)%len(names)]
	replace(&spec, old, "harmless")
	want, without, ok := rendered(t, &spec, seed)
	if !ok {
		return // a name that only an address or an expression can be
	}
	replace(&spec, "harmless", name)
	got, with, ok := rendered(t, &spec, seed)
	if !ok || with != without {
		return
	}
	if w, g := commands(want), commands(got); !slices.Equal(w, g) {
		t.Fatalf("%q as %q turns\n%s\ninto\n%s", name, old, want, got)
	}
}

// FuzzValues puts a string in the place of any other in a whole configuration.
// Either it is refused, or every line is still one that FRR reads as a line.
func FuzzValues(f *testing.F) {
	for i, s := range odd {
		f.Add(uint64(i), uint16(i*7), s)
	}
	f.Fuzz(checkValue)
}

func checkValue(t *testing.T, seed uint64, which uint16, value string) {
	spec := random.Spec(rand.New(rand.NewPCG(seed, 7473)))
	values := stringsOf(&spec)
	values[int(which)%len(values)].SetString(value)
	rendered(t, &spec, seed)
}

var executions = flag.Int("executions", 1000, "how many odd strings TestOddStrings tries")

// TestOddStrings does what the fuzz targets do with strings made of odd ones:
// without the measurement of coverage, and so many times as fast.
func TestOddStrings(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(*executions), 7473))
	for range *executions {
		seed, which, s := r.Uint64N(1<<20), r.Uint32(), oddString(r)
		checkName(t, seed, uint8(which), s)
		checkValue(t, seed, uint16(which), s)
	}
}

// oddString joins, cuts and spoils odd strings.
func oddString(r *rand.Rand) string {
	s := odd[r.IntN(len(odd))]
	for r.IntN(2) == 0 {
		switch other := odd[r.IntN(len(odd))]; r.IntN(4) {
		case 0:
			s += other
		case 1:
			s = s[:r.IntN(len(s)+1)]
		case 2:
			i := r.IntN(len(s) + 1)
			s = s[:i] + string(rune(r.IntN(0x3000))) + s[i:]
		case 3:
			i := r.IntN(len(s) + 1)
			s = s[:i] + string([]byte{byte(r.IntN(256))}) + s[i:]
		}
	}
	return s
}

// odd are strings that a shell, a parser or FRR could stumble over.
var odd = []string{
	"", " ", "\n", "x\nrouter bgp 1", "a\r\nb", "a| include b", "a |", "!", "# x", "a\x00b", "\x1b[31m", "\u2028", "\xff",
	"10.0.0.1\nneighbor 10.0.0.1 shutdown", "fe80::1%a b", "exit", "no", "any", "^65000\n", "(((", "[", "a{1,70000}", "65000:1 65000:2",
	"seq 5 permit any", "${NODE_IP}\n", strings.Repeat("x", 5000), strings.Repeat("é", 600), `"quoted"`, `\`, "?", "{{.}}", "$(x)", "%d", "%", "%!s(MISSING)", "1", "-1", "0/0",
}

// rendered is the text of a configuration and what is said of it, less what is
// only spelled otherwise; false if all of it is refused.
func rendered(t *testing.T, spec *v1.BGPConfigurationSpec, seed uint64) (text, notes string, ok bool) {
	t.Helper()
	in := input(spec, seed)
	config, told, err := render.Resolve(in)
	if err != nil {
		return "", "", false
	}
	text = print(t, config)
	again, _, err := render.Resolve(input(spec, seed))
	if err != nil || print(t, again) != text {
		t.Fatalf("rendered twice, with two results (%v)", err)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case len(line) > 4000:
			t.Fatalf("a line has %d bytes: %q", len(line), line)
		case strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
			t.Fatalf("a line has a control character: %q", line)
		case strings.Contains(line, "| "):
			t.Fatalf("FRR would cut %q", line)
		case !slices.Contains(firstWords, firstWord(line)):
			t.Fatalf("no command of ours begins as %q", line)
		}
	}
	for _, n := range told {
		if n.Reason != "Altered" {
			notes += n.Path + " " + n.Reason + "\n"
		}
	}
	return text, notes, true
}

// firstWords begin the lines of a frr.conf.
var firstWords = []string{
	"", "!", "frr", "bgp", "ip", "ipv6", "route-map", "exit", "exit-vrf", "exit-address-family", "match", "set", "on-match",
	"router", "no", "neighbor", "address-family", "redistribute", "maximum-paths", "distance", "vrf", "bfd", "profile",
	"transmit-interval", "receive-interval", "detect-multiplier", "rd", "rt", "label", "export", "import",
}

func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	return word
}

// commands are the lines of a text by their first words and how many there
// are, sorted. A description has as many words as it likes.
func commands(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) > 3 && words[0] == "neighbor" && words[2] == "description" {
			words = words[:3]
		}
		for i := range words {
			if i > 0 {
				words[i] = "_"
			}
		}
		list = append(list, strings.Join(words, " "))
	}
	slices.Sort(list)
	return list
}

var renderer = func() *render.Renderer {
	r, err := render.NewRenderer(nil)
	if err != nil {
		panic(err)
	}
	return r
}()

func print(t *testing.T, c *render.Config) string {
	t.Helper()
	out, err := renderer.Text(c)
	if err != nil {
		t.Fatal(err)
	}
	return out.Reveal()
}

// input is a configuration on a node that has what it can refer to.
func input(spec *v1.BGPConfigurationSpec, seed uint64) render.Input {
	secret := func(value string) map[string]render.Secret {
		return map[string]render.Secret{"password": render.NewSecret(value), "key": render.NewSecret(value + "'s key")}
	}
	addresses := []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.1.0.9"}}
	if seed%5 == 0 {
		addresses = nil
	}
	return render.Input{
		Objects: render.Objects{
			Configuration: &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "default"}, Spec: *spec},
			Node: &corev1.Node{
				ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"zone": "a"}},
				Status:     corev1.NodeStatus{Addresses: addresses},
			},
			Secrets: map[string]map[string]render.Secret{"a": secret("pa"), "b": secret("pb")},
		},
		Links: []render.Link{
			{Name: "kube-lb0", Up: true, Addresses: []render.Address{{Prefix: netip.MustParsePrefix("10.200.0.5/24")}, {Prefix: netip.MustParsePrefix("fd00::7/128")}}},
			{Name: "dummy0", Up: true, Addresses: []render.Address{{Prefix: netip.MustParsePrefix("10.201.0.5/32"), NoPrefixRoute: true}}},
			{Name: "blue", Up: true, VRF: "blue", Table: 100},
			{Name: "vrf-red", Up: true, VRF: "vrf-red", Table: 200},
		},
		Dialect: []render.Dialect{render.FRR8, render.FRR10}[seed%2],
	}
}

// stringsOf are the strings in a spec, to read and to set.
func stringsOf(spec *v1.BGPConfigurationSpec) []reflect.Value {
	var list []reflect.Value
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			list = append(list, v)
		case reflect.Pointer:
			if !v.IsNil() {
				visit(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				visit(v.Field(i))
			}
		}
	}
	visit(reflect.ValueOf(spec).Elem())
	return list
}

// namesOf are the strings of a spec that mean nothing but themselves, sorted:
// not addresses, communities, expressions.
func namesOf(spec *v1.BGPConfigurationSpec) []string {
	var names []string
	for _, v := range stringsOf(spec) {
		if s := v.String(); v.Type() == reflect.TypeFor[string]() && s != "" && !strings.ContainsAny(s, "^_$:/[]") && !slices.Contains(keywords, s) {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// keywords are strings that choose between things, and names of interfaces, in
// whose place a pattern can stand.
var keywords = []string{
	"kube-lb0", "dummy0", "lo.vip", "dummy*", "eth[0-9]",
	"standard", "extended", "both", "none", "all", "replace", "any", "invert", "add", "remove", "mod",
	"eq", "ge", "le", "igp", "egp", "incomplete", "local", "prefix", "neighbor", "as-path", "community", "ext-community", "large-community",
}

func replace(spec *v1.BGPConfigurationSpec, old, by string) {
	for _, v := range stringsOf(spec) {
		if v.String() == old {
			v.SetString(by)
		}
	}
}
