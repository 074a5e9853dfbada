package render

import (
	"fmt"
	"io"
	"log/slog"
	"unique"

	"github.com/k8frr/k8frr/render/token"
)

// Redacted is what stands for a secret wherever one would be shown.
const Redacted = token.Redacted

// Secret is a value that is never shown: printed, logged or marshaled
// it reads <redacted>. Only Reveal gives it away. Equal values compare equal.
type Secret struct {
	// A handle, because package fmt goes past the methods of what is in an
	// unexported field or follows a wrong verb, and would print a string; of a
	// handle it prints an address.
	value unique.Handle[string]
}

// NewSecret keeps a value secret. An empty one is no secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{unique.Make(value)}
}

// Reveal returns the secret value.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.value.Value()
}

// IsZero reports whether there is no secret at all.
func (s Secret) IsZero() bool { return s == Secret{} }

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML use too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
