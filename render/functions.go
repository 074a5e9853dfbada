package render

import (
	"maps"
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/k8frr/k8frr/render/budget"
)

// left out are functions of sprig's hermetic map whose result is not a function
// of their arguments alone (it hangs on chance, the clock, the time zone or the
// operating system), or that do nothing for a configuration.
var leftOut = []string{
	"ago", "bcrypt", "buildCustomCert", "decryptAES", "derivePassword", "durationRound", "encryptAES",
	"genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey", "hello", "htpasswd", "mustDateModify", "mustToDate", "must_date_modify",
	"osBase", "osClean", "osDir", "osExt", "osIsAbs", "randBytes", "randInt", "shuffle", "toDate", "unixEpoch",
}

// functions are what templates may call: sprig's pure functions whose cost is
// known, and this project's own.
func functions() template.FuncMap {
	f := sprig.HermeticTxtFuncMap()
	for _, name := range leftOut {
		delete(f, name)
	}
	maps.DeleteFunc(f, func(name string, _ any) bool { return !budget.Known(name) })
	maps.Copy(f, ownFunctions)
	return f
}

// ownFunctions are this project's, three of them in place of sprig's: two whose
// order is random, and one that sorts the document itself.
var ownFunctions = template.FuncMap{
	"keys":   sortedKeys,
	"values": sortedValues,
	"sortAlpha": func(list any) []string {
		return slices.Sorted(slices.Values(sprigStrings(list)))
	},
	"session": func(peer, description string, down bool, s Session) sessionLines {
		return sessionLines{peer, description, down, s}
	},
}

// sprigStrings has sprig turn any list into strings.
var sprigStrings = sprig.TxtFuncMap()["toStrings"].(func(any) []string)

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
