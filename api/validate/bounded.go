package validate

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// mostErrors is how many errors are listed.
	mostErrors = 100
	// longestValue is how many bytes of a value are repeated in an error.
	longestValue = 512
)

// bounded returns the first errors, the number of the others as the last one,
// and the values no longer than anybody reads.
func bounded(p *field.Path, errs field.ErrorList) field.ErrorList {
	if more := len(errs) - mostErrors; more > 0 {
		errs = append(errs[:mostErrors:mostErrors], field.Invalid(p, field.OmitValueType{}, fmt.Sprintf("has %d more errors", more)))
	}
	for _, err := range errs {
		if s, ok := err.BadValue.(string); ok && len(s) > longestValue {
			err.BadValue = strings.ToValidUTF8(s[:longestValue], "") + fmt.Sprintf("… (%d bytes)", len(s))
		}
	}
	return errs
}
