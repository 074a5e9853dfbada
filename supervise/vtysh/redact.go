//go:build linux

package vtysh

import (
	"cmp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// redact hides the secrets of FRR's commands in what is said of them.
func redact(text string) string { return token.Redact(text) }

// redactor hides the secrets of a script wherever FRR repeats them, also without the word in front.
func redactor(script []string) func(string) string {
	var secrets []string
	for _, line := range script {
		if secret := token.SecretOf(line); secret != "" && secret != token.Redacted {
			secrets = append(secrets, secret)
			secrets = append(secrets, strings.Fields(secret)...)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	secrets = slices.Compact(secrets)
	return func(text string) string {
		text = token.Redact(text)
		for _, s := range secrets {
			text = token.Conceal(text, s)
		}
		return text
	}
}
