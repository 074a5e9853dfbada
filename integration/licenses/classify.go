// Package licenses finds the licences of all that k8frr's programs are linked from, and holds them against what
// docs/dependencies.md and the file of their texts, which goes with the programs, say of them.
package licenses

import (
	"slices"
	"strings"
)

// licence is known by phrases: a text with all of some and none of others.
type licence struct {
	name      string
	copyleft  bool
	all, none []string
}

var known = []licence{
	{name: "Apache-2.0", all: []string{"Apache License", "Version 2.0, January 2004"}},
	{name: "MIT", all: []string{"Permission is hereby granted, free of charge, to any person obtaining a copy"}},
	{name: "ISC", all: []string{"this software for any purpose with or without fee is hereby granted"}},
	{name: "BSD-3-Clause", all: []string{"Redistribution and use in source and binary forms", "may be used to endorse or promote products derived"}},
	{name: "BSD-2-Clause", all: []string{"Redistribution and use in source and binary forms"}, none: []string{"may be used to endorse or promote products derived"}},
	{name: "GPL", copyleft: true, all: []string{"GNU GENERAL PUBLIC LICENSE"}},
	{name: "LGPL", copyleft: true, all: []string{"GNU LESSER GENERAL PUBLIC LICENSE"}},
	{name: "AGPL", copyleft: true, all: []string{"GNU AFFERO GENERAL PUBLIC LICENSE"}},
	{name: "MPL", copyleft: true, all: []string{"Mozilla Public License"}},
	{name: "EPL", copyleft: true, all: []string{"Eclipse Public License"}},
	{name: "CDDL", copyleft: true, all: []string{"COMMON DEVELOPMENT AND DISTRIBUTION LICENSE"}},
	{name: "EUPL", copyleft: true, all: []string{"European Union Public Licence"}},
	{name: "SSPL", copyleft: true, all: []string{"Server Side Public License"}},
	{name: "BUSL", copyleft: true, all: []string{"Business Source License"}},
}

// Classify names the licences that a text is, in the words of SPDX; none if it is none that is known here.
func Classify(text string) []string {
	text = strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n*#/", r) }), " "))
	has := func(phrase string) bool { return strings.Contains(text, strings.ToLower(phrase)) }
	var names []string
	for _, l := range known {
		if !slices.ContainsFunc(l.all, func(p string) bool { return !has(p) }) && !slices.ContainsFunc(l.none, has) {
			names = append(names, l.name)
		}
	}
	return names
}

// Copyleft reports whether what is linked with code under a licence has to be given away under it as well, or may not be given
// away at all.
func Copyleft(name string) bool {
	return slices.ContainsFunc(known, func(l licence) bool { return l.name == name && l.copyleft })
}
