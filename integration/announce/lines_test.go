//go:build linux

package announce

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/render"
)

// TestEachDaemonHoldsItsLines has FRR load configurations and asks each daemon, over its own socket, for every line that is
// meant for it: the running configuration that vtysh shows has a line as soon as any daemon has it. The configurations are all
// that package render and the compiler of policies are expected to make, and random ones.
func TestEachDaemonHoldsItsLines(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		for name, text := range configurations(t, version) {
			t.Run(version.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				host := lab.New(t).Host("node")
				for _, link := range []string{"eth0", "eth1", "eth2", "kube-lb0"} {
					if _, err := host.Exec(t.Context(), "ip", "link", "add", link, "up", "type", "ifb"); err != nil {
						t.Fatal(err)
					}
				}
				f := host.FRR(version, lab.Daemons("bfdd"), lab.Config(text))
				f.Start()
				d := &shares{t: t, f: f}
				for _, l := range lines(text) {
					d.check(version, l)
				}
				d.clauses(text)
			})
		}
	}
}

// configurations are the texts to be tried, by name.
func configurations(t *testing.T, version lab.Version) map[string]string {
	t.Helper()
	texts := map[string]string{}
	var parts []string
	for _, pattern := range []string{"../../render/testdata/*.txtar", "../../render/policy/testdata/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no configurations: ", pattern, err)
		}
		for _, file := range files {
			text := rendered(t, file, version)
			switch {
			case text == "":
			case strings.Contains(file, "policy"): // route maps and lists alone, each with names of its own
				if compiles(text, version) {
					parts = append(parts, text)
				}
			default:
				texts[strings.TrimSuffix(filepath.Base(file), ".txtar")] = text
			}
		}
	}
	texts["compiled-policies"] = strings.Join(parts, "")
	dialect, err := render.DialectOf(version.Name)
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(*configured) {
		c, _, err := render.Resolve(random.NewNode(rand.New(rand.NewPCG(seed, 7))).Input(dialect))
		if err != nil {
			t.Fatal(err)
		}
		text, err := renderer.Text(c)
		if err != nil {
			t.Fatal(err)
		}
		texts[fmt.Sprintf("random-%d", seed)] = text.Reveal()
	}
	return texts
}

// compiles reports whether a text is of route maps that a version takes, and not of problems.
func compiles(text string, version lab.Version) bool {
	for line := range strings.Lines(text) {
		first, _, _ := strings.Cut(line, " ")
		if !slices.Contains([]string{"", "bgp", "ip", "ipv6", "route-map", "exit\n"}, first) {
			return false
		}
	}
	return version.Name != lab.FRR84.Name || !strings.Contains(text, "set extended-comm-list ")
}

// rendered is the frr.conf for a version in a test case, "" for a case that ends in an error.
func rendered(t *testing.T, file string, version lab.Version) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range archive.Files {
		texts[f.Name] = string(f.Data)
	}
	if text, differs := texts["frr-8.4.conf"]; differs && version.Name == lab.FRR84.Name {
		return text
	}
	return texts["frr.conf"]
}

// line is a line of a configuration and the contexts that it is in, the outermost first.
type line struct {
	within []string
	text   string
}

func (l line) String() string { return strings.Join(append(slices.Clone(l.within), l.text), " / ") }

// lines are those of a configuration.
func lines(config string) []line {
	var at []string
	var all []line
	for raw := range strings.Lines(config) {
		text := strings.TrimSpace(raw)
		if text == "" || text[0] == '!' || text == "end" || strings.HasPrefix(text, "exit") {
			continue
		}
		depth := len(raw) - len(strings.TrimLeft(raw, " "))
		at = at[:min(depth, len(at))]
		all = append(all, line{slices.Clone(at), text})
		at = append(at, text)
	}
	return all
}

// shares are what the daemons of an FRR show of themselves.
type shares struct {
	t     *testing.T
	f     *lab.FRR
	shown map[string][]string // by daemon, lines with their contexts
}

// check makes sure that the daemons that a line is meant for have it.
func (d *shares) check(version lab.Version, l line) {
	for _, daemon := range meant(version, l) {
		if !slices.Contains(d.of(daemon), l.String()) {
			d.t.Errorf("%s lacks %s", daemon, l)
		}
	}
}

func (d *shares) of(daemon string) []string {
	if shown, asked := d.shown[daemon]; asked {
		return shown
	}
	answer, err := d.f.Say(daemon, "enable", "show running-config")
	if err != nil {
		d.t.Fatalf("%s: %v", daemon, err)
	}
	var shown []string
	for _, l := range lines(strings.ReplaceAll(answer, "\r", "")) {
		shown = append(shown, l.String())
	}
	if d.shown == nil {
		d.shown = map[string][]string{}
	}
	d.shown[daemon] = shown
	return shown
}

// meant are the daemons that act on a line. From 10.x on mgmtd holds what is of static routes and of the kernel's table, which
// no other daemon shows.
func meant(version lab.Version, l line) []string {
	outermost := l.text
	if len(l.within) > 0 {
		outermost = l.within[0]
		if strings.HasPrefix(outermost, "vrf ") {
			outermost = append(slices.Clone(l.within), l.text)[1]
		}
	}
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(outermost, p) })
	}
	zebra, staticd := "zebra", "staticd"
	if slices.Contains(version.Daemons, "mgmtd") {
		zebra, staticd = "mgmtd", "mgmtd"
	}
	switch {
	case begins("router bgp ", "bgp "):
		if strings.HasPrefix(l.text, "address-family ") {
			return nil // a context, which is not shown without a line
		}
		return []string{"bgpd"}
	case begins("route-map K8FRR-KERNEL", "ip protocol ", "ipv6 protocol "):
		return []string{zebra}
	case begins("ip nht ", "ipv6 nht "):
		return []string{"zebra"}
	case begins("route-map ", "ip prefix-list ", "ipv6 prefix-list "):
		return []string{"bgpd"}
	case begins("ip route ", "ipv6 route "):
		return []string{staticd}
	case begins("bfd"):
		return []string{"bfdd"}
	case begins("frr ", "vrf "):
		return nil // read by vtysh; a context
	}
	return []string{"nobody that this test knows of"}
}

var (
	mapName   = regexp.MustCompile(`^route-map: (\S+) `)
	mapEntry  = regexp.MustCompile(`^ *(permit|deny), sequence (\d+) `)
	mapClause = regexp.MustCompile(`^ *(Match|Set) clauses:|^ *(Call|Action)\b.*:`)
)

// clauses makes sure that each entry of a route map does as many things in the daemon that asks the map as it has lines: a
// line that is shown need not be compiled.
func (d *shares) clauses(config string) {
	want := map[string]int{}
	asks := map[string]string{} // which daemon, by route map
	for _, l := range lines(config) {
		if len(l.within) == 0 {
			if words := strings.Fields(l.text); words[0] == "route-map" {
				asks[words[1]] = "bgpd"
				if strings.HasPrefix(words[1], "K8FRR-KERNEL") {
					asks[words[1]] = "zebra"
				}
				want[l.text] += 0
			}
			continue
		}
		if strings.HasPrefix(l.within[0], "route-map ") && (strings.HasPrefix(l.text, "match ") || strings.HasPrefix(l.text, "set ")) {
			want[l.within[0]]++
		}
	}
	have := map[string]map[string]int{}
	for _, daemon := range []string{"bgpd", "zebra"} {
		answer, err := d.f.Say(daemon, "enable", "show route-map")
		if err != nil {
			d.t.Fatalf("%s: %v", daemon, err)
		}
		have[daemon] = compiled(answer)
	}
	for entry, n := range want {
		daemon := asks[strings.Fields(entry)[1]]
		if got, is := have[daemon][entry]; !is || got != n {
			d.t.Errorf("%s: %s has %d clauses (and is there: %v), and not %d", daemon, entry, got, is, n)
		}
	}
}

// compiled are how many clauses each entry has of the route maps that a daemon shows.
func compiled(answer string) map[string]int {
	entries := map[string]int{}
	name, entry, counts := "", "", false
	for text := range strings.Lines(strings.ReplaceAll(answer, "\r", "")) {
		text = strings.TrimRight(text, "\n")
		if m := mapName.FindStringSubmatch(text); m != nil {
			name, counts = m[1], false
		} else if m := mapEntry.FindStringSubmatch(text); m != nil {
			entry, counts = "route-map "+name+" "+m[1]+" "+m[2], false
			entries[entry] = 0
		} else if m := mapClause.FindStringSubmatch(text); m != nil {
			counts = m[1] != ""
		} else if counts && strings.TrimSpace(text) != "" {
			entries[entry]++
		}
	}
	return entries
}
