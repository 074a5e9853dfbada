package render

import "github.com/k8frr/k8frr/render/token"

// Redact replaces the passwords in FRR commands.
func Redact(commands string) string { return token.Redact(commands) }
