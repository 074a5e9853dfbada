package render

import "regexp"

// password matches the commands of FRR that carry one:
//
//	neighbor PEER password [7] LINE
//	key-string LINE
var password = regexp.MustCompile(`(?m)(^|\s)(password|key-string)([ \t]+)\S.*$`)

// Redact replaces the passwords in FRR commands.
func Redact(commands string) string {
	return password.ReplaceAllString(commands, "${1}${2}${3}"+Redacted)
}
