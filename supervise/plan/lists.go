package plan

import "strings"

// listKinds are the commands that make lists, what route maps refer to them by,
// and which word is the name.
var listKinds = []struct {
	prefix, kind string
	name         int
}{
	{"ip prefix-list ", "ip prefix-list", 2},
	{"ipv6 prefix-list ", "ipv6 prefix-list", 2},
	{"bgp as-path access-list ", "as-path", 3},
	{"bgp community-list ", "community", 3},
	{"bgp extcommunity-list ", "extcommunity", 3},
	{"bgp large-community-list ", "large-community", 3},
}

// listOf returns the kind and the name of the list that an entry is of, ""
// if a command is none.
func listOf(entry string) (kind, name string) {
	for _, k := range listKinds {
		if !strings.HasPrefix(entry, k.prefix) {
			continue
		}
		if words := strings.Fields(entry); len(words) > k.name {
			return k.kind, words[k.name]
		}
	}
	return "", ""
}

// listAndSort returns the list that an entry is of and, for one of communities,
// whether it is standard or expanded: FRR refuses a list of the one sort while
// there is one of its name of the other.
func listAndSort(entry string) (list, sort string) {
	kind, name := listOf(entry)
	if words := strings.Fields(entry); strings.HasSuffix(kind, "community") {
		sort = words[2]
	}
	return kind + " " + name, sort
}

// renumbered takes back the list entries that are wanted under another number,
// and the lists that are wanted as another sort, and returns what then still
// runs. An entry has a number of its own and keeps it, unless two meet on one
// number; but then a list must not have the same entry twice: FRR refuses the
// second without a word.
func (b *builder) renumbered(old, goal *node) *node {
	wanted, sorts := map[string]string{}, map[string]string{}
	for _, n := range only(goal, lists) {
		wanted[content(n.line)] = n.line
		list, sort := listAndSort(n.line)
		sorts[list] = sort
	}
	left := &node{}
	for _, n := range old.children {
		if partOf(n.line) == lists {
			at, again := wanted[content(n.line)]
			list, sort := listAndSort(n.line)
			other, exists := sorts[list]
			if again && at != n.line || exists && sort != other {
				b.unset(nil, n)
				continue
			}
		}
		left.children = append(left.children, n)
	}
	return left
}

// content is a list entry less its number: ip prefix-list NAME permit PREFIX.
func content(entry string) string {
	before, after, ok := strings.Cut(entry, " seq ")
	_, after, numbered := strings.Cut(after, " ")
	if !ok || !numbered {
		return entry
	}
	return before + " " + after
}
