package gobgp

import (
	"fmt"
	"strings"
)

// columns of a table of routes.
type columns int

const (
	showBest columns = 1 << iota
	showID
	showAge
)

// table writes routes in the columns of GoBGP: each as wide as 20 or what is in it.
func (a *answerer) table(routes []route, show columns) error {
	if a.JSON {
		return a.printRoutes(routes)
	}
	if len(routes) == 0 {
		a.printf("Network not in table\n")
		return nil
	}
	network, nextHop, asPath := 20, 20, 20
	for _, r := range routes {
		network, nextHop, asPath = max(network, len(r.prefix.String())), max(nextHop, len(r.nextHop)), max(asPath, len(r.asPath))
	}
	line := func(symbols, id, prefix, hop, path, age, attributes string) {
		a.printf("%-3s", symbols)
		if show&showID != 0 {
			a.printf("%-3s ", id)
		}
		a.printf("%-*s %-*s %-*s ", network, prefix, nextHop, hop, asPath, path)
		if show&showAge != 0 {
			a.printf("%-10s ", age)
		}
		a.printf("%s\n", attributes)
	}
	line("", "ID", "Network", "Next Hop", "AS_PATH", "Age", "Attrs")
	for _, r := range routes {
		age := "-"
		if !r.received.IsZero() {
			age = since(a.now, r.received)
		}
		line(r.symbols(show), "0", r.prefix.String(), r.nextHop, r.asPath, age, r.attributes())
	}
	return nil
}

func (r route) symbols(show columns) string {
	symbols := ""
	if r.stale {
		symbols = "S"
	}
	switch {
	case show&showBest == 0:
		return symbols
	case r.best:
		return symbols + "*>"
	}
	return symbols + "* "
}

// attributes are in the order of their types, but for the next hop and the AS path, which have columns.
func (r route) attributes() string {
	all := []string{"{Origin: " + string(rune(r.origin)) + "}"}
	if r.med != nil {
		all = append(all, fmt.Sprintf("{Med: %d}", *r.med))
	}
	if r.pref != nil {
		all = append(all, fmt.Sprintf("{LocalPref: %d}", *r.pref))
	}
	if len(r.communities) > 0 {
		all = append(all, "{Communities: "+strings.Join(renamed(r.communities), ", ")+"}")
	}
	if len(r.ext) > 0 {
		all = append(all, "{Extcomms: ["+strings.Join(bare(r.ext), "], [")+"]}")
	}
	if len(r.large) > 0 {
		all = append(all, "{LargeCommunity: [ "+strings.Join(r.large, ", ")+"]}")
	}
	return "[" + strings.Join(all, " ") + "]"
}

// renamed are communities with GoBGP's names for FRR's.
func renamed(communities []string) []string {
	names := map[string]string{"graceful-shutdown": "planned-shut", "local-AS": "no-export-subconfed"}
	out := make([]string, len(communities))
	for i, c := range communities {
		if out[i] = c; names[c] != "" {
			out[i] = names[c]
		}
	}
	return out
}

// bare are extended communities without the name of a route target, which GoBGP leaves out.
func bare(ext []string) []string {
	out := make([]string, len(ext))
	for i, e := range ext {
		out[i] = strings.TrimPrefix(e, "RT:")
	}
	return out
}
