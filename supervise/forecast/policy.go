package forecast

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/policy"
)

// verdict is whether a route map lets a route through that the node itself
// originates.
type verdict struct {
	is truth
	// because tells verdicts that are uncertain apart: the policy that decides.
	because string
}

type truth int

const (
	no truth = iota
	perhaps
	yes
)

// policies are the route maps of a configuration, by name.
type policies map[string]policy.Map

func policiesOf(c *render.Config) policies {
	out := policies{}
	for _, m := range c.Policies {
		out[m.Name] = m
	}
	return out
}

// judge returns how a route map judges prefixes. Without one, and with the one
// for what is originated, all pass; no prefix stands for an unknown one.
func (p policies) judge(name string) func(netip.Prefix) verdict {
	m, ok := p[name]
	if !ok {
		return func(netip.Prefix) verdict { return verdict{is: yes} }
	}
	return func(prefix netip.Prefix) verdict {
		is := walk(m, prefix)
		if is != perhaps {
			return verdict{is: is}
		}
		return verdict{perhaps, fmt.Sprint(m)}
	}
}

// route is what is known of a route while it goes through a route map.
type route struct {
	prefix             netip.Prefix
	metric, preference string // "" for unknown
	origin             string
	communities        map[string]bool // nil for unknown
}

// walk sends a route through a map. It starts as the import of k8frr makes it:
// tagged, of origin IGP, with MED 0, without communities and with an empty AS
// path.
func walk(m policy.Map, prefix netip.Prefix) truth {
	r := route{prefix: prefix, metric: "0", origin: "igp", communities: map[string]bool{}}
	at := uint32(0)
	result := no
	for {
		i := slices.IndexFunc(m.Entries, func(e policy.Entry) bool { return e.Seq >= at })
		if i < 0 {
			return result
		}
		e := m.Entries[i]
		switch r.matches(m, e) {
		case perhaps:
			return perhaps
		case no:
			at = e.Seq + 1
			continue
		}
		if e.Action != "permit" {
			return no
		}
		next := uint32(0)
		for _, line := range e.Lines {
			if line == "on-match next" {
				next = e.Seq + 1
			} else if to, ok := strings.CutPrefix(line, "on-match goto "); ok {
				n, _ := strconv.ParseUint(to, 10, 32)
				next = uint32(n)
			}
			r.set(line)
		}
		if next == 0 {
			return yes
		}
		at, result = next, yes
	}
}

// matches reports whether all conditions of an entry hold.
func (r *route) matches(m policy.Map, e policy.Entry) truth {
	all := yes
	for _, line := range e.Lines {
		if strings.HasPrefix(line, "match ") {
			all = min(all, r.match(m, strings.Fields(line)[1:]))
		}
	}
	return all
}

func (r *route) match(m policy.Map, words []string) truth {
	last := words[len(words)-1]
	switch what := strings.Join(words[:len(words)-1], " "); what {
	case "tag":
		return is(last == strconv.Itoa(render.Tag))
	case "origin":
		return is(last == r.origin)
	case "metric":
		return known(r.metric, last)
	case "local-preference":
		return known(r.preference, last)
	case "ip address prefix-list", "ipv6 address prefix-list":
		if !r.prefix.IsValid() {
			return perhaps
		}
		if r.prefix.Addr().Is4() != (words[0] == "ip") {
			return no
		}
		return r.within(m, words[0]+" prefix-list", last)
	case "community":
		return r.marked(m, last)
	}
	return perhaps
}

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

func known(value, wanted string) truth {
	if value == "" {
		return perhaps
	}
	return is(value == wanted)
}

func list(m policy.Map, command, name string) (policy.List, bool) {
	i := slices.IndexFunc(m.Lists, func(l policy.List) bool { return l.Command == command && l.Name == name })
	if i < 0 {
		return policy.List{}, false
	}
	return m.Lists[i], true
}

// within looks the prefix up in a list: PREFIX [ge N] [le N].
func (r *route) within(m policy.Map, command, name string) truth {
	l, ok := list(m, command, name)
	if !ok {
		return perhaps
	}
	for _, e := range l.Entries {
		words := strings.Fields(e.Value)
		p, err := netip.ParsePrefix(words[0])
		if err != nil {
			if words[0] == "any" {
				return yes
			}
			return perhaps
		}
		least, most := p.Bits(), p.Bits()
		for i := 1; i+1 < len(words); i += 2 {
			n, _ := strconv.Atoi(words[i+1])
			if words[i] == "ge" {
				least = n
				if len(words) == 3 {
					most = p.Addr().BitLen()
				}
			} else {
				most = n
			}
		}
		if bits := r.prefix.Bits(); p.Contains(r.prefix.Addr()) && bits >= least && bits <= most {
			return yes
		}
	}
	return no
}

// marked looks the communities up in a list of values; a route without any is
// in no list.
func (r *route) marked(m policy.Map, name string) truth {
	if r.communities == nil {
		return perhaps
	}
	if len(r.communities) == 0 {
		return no
	}
	l, ok := list(m, "bgp community-list standard", name)
	if !ok {
		return perhaps
	}
	for _, e := range l.Entries {
		if !slices.ContainsFunc(strings.Fields(e.Value), func(c string) bool { return !r.communities[c] }) {
			return yes
		}
	}
	return no
}

// set changes the route as a line of an entry does, as far as it can be
// followed.
func (r *route) set(line string) {
	words := strings.Fields(line)
	if words[0] != "set" {
		return
	}
	switch words[1] {
	case "origin":
		r.origin = words[2]
	case "local-preference":
		r.preference = words[2]
	case "metric":
		r.metric = words[2]
		if strings.ContainsAny(words[2], "+-") {
			r.metric = "" // relative
		}
	case "community":
		values := words[2:]
		if values[len(values)-1] == "additive" {
			values = values[:len(values)-1]
		} else {
			r.communities = map[string]bool{}
		}
		for _, v := range values {
			if v != "none" && r.communities != nil {
				r.communities[v] = true
			}
		}
	case "comm-list":
		if len(r.communities) > 0 {
			r.communities = nil
		}
	}
}
