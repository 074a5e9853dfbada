package plan

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Difference is a line that runs and is not wanted, or is wanted and does not
// run. It prints redacted.
type Difference struct {
	Command
	// Missing says that the line is wanted.
	Missing bool
}

func (d Difference) String() string {
	if d.Missing {
		return "missing: " + d.Command.String()
	}
	return "unwanted: " + d.Command.String()
}

// Format implements fmt.Formatter, for all verbs alike.
func (d Difference) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue implements slog.LogValuer.
func (d Difference) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText implements encoding.TextMarshaler.
func (d Difference) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Differences says in what a running configuration is not the wanted one, as
// far as it is k8frr's. It is empty after a plan has come true.
func Differences(running, wanted string) []Difference {
	return Between(running, wanted).Differences()
}

// RouterID returns the BGP identifier that a configuration states for its
// first instance, "" if it states none.
func RouterID(text string) string {
	for _, instance := range only(parse(text), instances) {
		for _, c := range instance.children {
			if id, ok := strings.CutPrefix(c.line, "bgp router-id "); ok {
				return id
			}
		}
	}
	return ""
}

// Peer returns the neighbor or peer group that the command is about, "" if it
// is about none.
func (c Command) Peer() string { return peerOf(c.Line) }

// Summary names a few lines and counts the rest.
func Summary(list []Difference) string {
	const most = 3
	var sentences []string
	for i, d := range list {
		if i == most {
			sentences = append(sentences, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		sentences = append(sentences, d.String())
	}
	return strings.Join(sentences, "; ")
}
