package render

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what stands for a secret wherever one would be shown.
const Redacted = "<redacted>"

// Secret is a value that shows itself to nobody: printed, logged or marshalled
// it reads <redacted>. Only Reveal gives it away.
type Secret struct{ value string }

// NewSecret keeps a value secret.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the secret value.
func (s Secret) Reveal() string { return s.value }

// IsZero says whether there is no secret at all.
func (s Secret) IsZero() bool { return s.value == "" }

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML use too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
