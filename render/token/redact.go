package token

import "regexp"

// Redacted is what stands for a secret wherever one would be shown.
const Redacted = "<redacted>"

// secret matches what announces a secret in FRR's commands, and all that
// follows it:
//
//	neighbor PEER password [7] LINE
//	password [8] LINE, enable password [8] LINE
//	key-string LINE
//	ip ospf authentication-key KEY, ip ospf message-digest-key ID md5 KEY
//	isis password, area-password, domain-password clear|md5 WORD
var secret = regexp.MustCompile(`(?m)(^|[\s-])(password|key-string|authentication-key|md5)([ \t]+)\S.*$`)

// Redact replaces the secrets in FRR's commands, and in what FRR says of them.
func Redact(text string) string {
	return secret.ReplaceAllString(text, "${1}${2}${3}"+Redacted)
}
