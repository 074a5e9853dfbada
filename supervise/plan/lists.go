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
		if words := wordsOf(make([]string, 0, 16), entry); len(words) > k.name {
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
// or of whose prefix others come, and the lists that are wanted as another sort,
// and returns what then still runs. An entry has a number of its own and keeps
// it, unless two meet on one number; but then a list must not have the same
// entry twice: FRR refuses the second without a word. And when of two entries of
// a prefix one goes, 8.4 forgets in its route maps the other one, too.
func (b *builder) renumbered(old, goal *node) *node {
	wanted, sorts := map[string]string{}, map[string]string{}
	prefixes, slots := map[string]bool{}, map[string]bool{}
	for _, n := range only(goal, lists) {
		wanted[content(n.line)] = n.line
		prefixes[prefixOf(n.line)], slots[n.key()] = true, true
		list, sort := listAndSort(n.line)
		sorts[list] = sort
	}
	left := &node{}
	for _, n := range old.children {
		if n.part() == lists {
			at, again := wanted[content(n.line)]
			list, sort := listAndSort(n.line)
			other, exists := sorts[list]
			shares := prefixes[prefixOf(n.line)] && !slots[n.key()]
			if again && at != n.line || exists && sort != other || shares {
				b.unset(nil, n)
				continue
			}
		}
		left.children = append(left.children, n)
	}
	return left
}

// shortened takes back the entries that are not wanted of lists that stay, and
// returns what then still runs. What is wanted of the lists has been made, so
// none is empty for a moment: FRR takes an empty one for one that permits
// everything.
func (b *builder) shortened(old, wanted *node) *node {
	if len(only(old, lists)) == 0 {
		return old
	}
	stays, entries := map[string]bool{}, map[string]bool{}
	for _, n := range only(wanted, lists) {
		list, _ := listAndSort(n.line)
		stays[list], entries[n.key()] = true, true
	}
	left := &node{}
	for _, n := range old.children {
		if n.part() == lists && !entries[n.key()] {
			if list, _ := listAndSort(n.line); stays[list] {
				b.unset(nil, n)
				continue
			}
		}
		left.children = append(left.children, n)
	}
	return left
}

// prefixOf is the list and the prefix that an entry of a prefix list is about;
// of another list the entry.
func prefixOf(entry string) string {
	kind, name := listOf(entry)
	if words := strings.Fields(entry); strings.HasSuffix(kind, "prefix-list") && len(words) > 6 && words[3] == "seq" {
		return kind + " " + name + " " + words[6]
	}
	return entry
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
