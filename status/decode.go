package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Decode reads an answer of FRR's. Every release adds keys, takes some away and changes the type of others: keys that are not
// known are ignored, and one of another type than before is as if it were missing, while the rest is read. An error means that the
// answer as a whole is not what was asked for. Keys of maps have to be strings for that.
func Decode(daemon, command string, answer []byte, into any) error {
	err := json.Unmarshal(answer, into)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) && begins(answer, into) {
		return nil // encoding/json has read all the others
	}
	if err != nil {
		return fmt.Errorf("%s's answer to %q is not understood (%w); it begins with %.60q: this version of FRR may not be supported",
			daemon, command, err, bytes.TrimSpace(answer))
	}
	return nil
}

// begins reports whether an answer is, as a whole, what it is read into: an object, or a list.
func begins(answer []byte, into any) bool {
	first := byte('{')
	if reflect.TypeOf(into).Elem().Kind() == reflect.Slice {
		first = '['
	}
	answer = bytes.TrimSpace(answer)
	return len(answer) > 0 && answer[0] == first
}

// decode reads an answer of bgpd.
func decode(command string, answer []byte, into any) error {
	return Decode("bgpd", command, answer, into)
}

// number is one that some releases print as a string. What is no number is 0.
type number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(text []byte) error {
	*n = 0
	word := strings.Trim(string(text), `" `)
	if whole, err := strconv.ParseInt(word, 10, 64); err == nil {
		*n = number(whole)
	} else if f, err := strconv.ParseFloat(word, 64); err == nil && f > -1<<62 && f < 1<<62 {
		*n = number(f)
	}
	return nil
}

// SizeOf is the size of a table as FRR prints it, UnknownSize if it is missing or not understood.
func SizeOf(raw json.RawMessage) uint64 {
	if size, err := strconv.ParseUint(strings.Trim(string(raw), `" `), 10, 64); err == nil {
		return size
	}
	return UnknownSize
}

// unsigned is the number, 0 if it is negative.
func (n number) unsigned() uint64 { return uint64(max(n, 0)) }

// asn is the number as that of an AS; 0 if it is none.
func (n number) asn() uint32 {
	if n < 0 || n > 1<<32-1 {
		return 0
	}
	return uint32(n)
}

// Unread tells which parts of FRR's answers are not understood. The rest is.
type Unread []string

// Error implements error.
func (u Unread) Error() string {
	return "not understood of bgpd's answers: " + list(u) + "; this version of FRR may not be supported"
}

// add adds a part, as a field of an answer.
func (u *Unread) add(command, format string, args ...any) {
	if part := fmt.Sprintf("%q, ", command) + fmt.Sprintf(format, args...); len(*u) < maxUnread && !slices.Contains(*u, part) {
		*u = append(*u, part)
	}
}

// maxUnread bounds the parts that are kept.
const maxUnread = 100
