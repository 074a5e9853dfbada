package fields

import (
	"slices"
	"strings"
)

// Fate is what becomes of a field.
type Fate string

// What can become of a field.
const (
	// Rendered fields are in frr.conf, or act on the agent, whatever their value.
	Rendered Fate = "rendered"
	// Partly rendered fields have values, or versions of FRR, for which a note
	// says what happens instead.
	Partly Fate = "partly"
	// Usual fields ask for what happens anyway.
	Usual Fate = "usual"
	// Label fields name something in what is said, and nothing in FRR.
	Label Fate = "label"
	// Noted fields have no effect: a note says so where one is set.
	Noted Fate = "noted"
	// Refused fields make a configuration invalid.
	Refused Fate = "refused"
)

// Row says what becomes of fields.
type Row struct {
	// Fields that have the same fate, by name.
	Fields []string
	Fate   Fate
	// Becomes are the commands that the field turns into, or the nearest thing
	// that FRR can do.
	Becomes string
	// Said is when a note is given, and what happens then.
	Said string
	// Proof are tests, as paths within the tree; the name of a test function
	// follows a #.
	Proof []string
}

// section is a group of rows with a heading.
type section struct {
	title string
	rows  []Row
}

// Rows are all rows, in the order of the page.
func Rows() []Row {
	var rows []Row
	for _, s := range sections {
		rows = append(rows, s.rows...)
	}
	return rows
}

// Of returns the row of a field; ok is false if there is no such field.
func Of(field string) (row Row, ok bool) {
	for _, r := range Rows() {
		if slices.Contains(r.Fields, field) {
			return r, true
		}
	}
	return Row{}, false
}

// each puts prefixes before names: what neighbors and peer groups both have.
func each(prefixes string, names ...string) []string {
	var list []string
	for _, name := range names {
		for _, p := range strings.Fields(prefixes) {
			list = append(list, p+"."+name)
		}
	}
	return list
}

const both = "neighbors peerGroups"

var sections = []section{
	{"The speaker", speaker},
	{"Neighbors and peer groups", sessions},
	{"VRFs", vrfs},
	{"Import and export", tables},
	{"Policies", policies},
}
