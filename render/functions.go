package render

import (
	"maps"
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// impure are functions of sprig's hermetic map whose result is not a function
// of their arguments, or that do nothing for a configuration.
var impure = []string{
	"ago", "bcrypt", "buildCustomCert", "derivePassword", "encryptAES", "decryptAES",
	"genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey", "htpasswd", "randBytes", "randInt", "shuffle",
}

// functions are what templates may call: sprig's pure functions, with the two
// whose order is random sorted, and this project's own.
func functions() template.FuncMap {
	f := template.FuncMap(sprig.HermeticTxtFuncMap())
	for _, name := range impure {
		delete(f, name)
	}
	f["keys"] = sortedKeys
	f["values"] = sortedValues
	f["session"] = func(peer, description string, down bool, s Session) sessionLines {
		return sessionLines{peer, description, down, s}
	}
	return f
}

// sortedKeys returns the keys of maps, sorted within each map.
func sortedKeys(dicts ...map[string]any) []string {
	var keys []string
	for _, d := range dicts {
		keys = append(keys, slices.Sorted(maps.Keys(d))...)
	}
	return keys
}

// sortedValues returns the values of a map, in the order of its keys.
func sortedValues(dict map[string]any) []any {
	values := make([]any, 0, len(dict))
	for _, k := range slices.Sorted(maps.Keys(dict)) {
		values = append(values, dict[k])
	}
	return values
}
