// Package templates holds the text/template sources of frr.conf. They loop and
// print; what there is to decide, package render has decided before.
package templates

import "embed"

// FS holds every template, one file for each part of frr.conf.
//
//go:embed *.tmpl
var FS embed.FS

// Root is the template that puts the parts in order.
const Root = "frr.conf"
