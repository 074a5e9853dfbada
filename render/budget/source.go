package budget

import (
	"fmt"
	"strings"
)

// The limits of a file of templates, which bound what it costs to parse it.
const (
	LargestSource = 1 << 20
	MostActions   = 20_000
)

// Source checks a file of templates before it is parsed.
func Source(text string) error {
	if len(text) > LargestSource {
		return fmt.Errorf("has more than %d bytes", LargestSource)
	}
	if n := strings.Count(text, "{{"); n > MostActions {
		return fmt.Errorf("has %d actions, and may have %d", n, MostActions)
	}
	return nil
}
