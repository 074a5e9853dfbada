// Package token turns strings from the outside into tokens of FRR's command
// line: one function for each class of token, and no other way.
//
// vtysh reads a command per line, so a line feed starts another command; FRR
// cuts a line after a | that a blank follows, whatever stands before it; and
// vtysh hangs on lines of more than about 4,096 bytes.
// A token that could do any of this is refused, or, where it is only text for
// people, made harmless.
package token

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths that FRR or the kernel put up with, in bytes.
const (
	maxWord        = 128
	maxText        = 1000
	maxPassword    = 80 // `neighbor PEER password`, as TCP_MD5SIG_MAXKEYLEN
	maxInterface   = 15 // IFNAMSIZ less the final NUL
	maxCommandLine = 4000
)

// pipe is where FRR cuts a command and takes the rest for a filter of its
// output (lib/command.c, handle_pipe_action).
const pipe = "| "

// Word checks a name: one token without blanks.
func Word(s string) (string, error) {
	switch {
	case s == "":
		return "", errors.New("must not be empty")
	case len(s) > maxWord:
		return "", fmt.Errorf("must not be longer than %d bytes", maxWord)
	case !utf8.ValidString(s):
		return "", errors.New("must be valid UTF-8")
	case strings.ContainsFunc(s, blankOrControl):
		return "", errors.New("must not contain blanks or control characters")
	case strings.ContainsFunc(s, Unseen):
		return "", fmt.Errorf("must not contain %s, which is not seen", Show(firstUnseen(s)))
	case strings.HasSuffix(s, "|"):
		return "", errors.New("must not end in |, where FRR would cut the command")
	}
	return s, nil
}

// Interface checks the name of a network interface.
func Interface(s string) (string, error) {
	if _, err := Word(s); err != nil {
		return "", err
	}
	if len(s) > maxInterface {
		return "", fmt.Errorf("must not be longer than %d bytes, as no interface name is", maxInterface)
	}
	if strings.Contains(s, "/") || s == "." || s == ".." {
		return "", errors.New("is not the name of an interface")
	}
	return s, nil
}

// Password checks a TCP MD5 password (RFC 2385).
func Password(s string) (string, error) {
	switch {
	case s == "":
		return "", errors.New("must not be empty")
	case len(s) > maxPassword:
		return "", fmt.Errorf("must not be longer than %d bytes", maxPassword)
	case !utf8.ValidString(s):
		return "", errors.New("must be valid UTF-8")
	case strings.ContainsFunc(s, blankOrControl):
		return "", errors.New("must not contain blanks or control characters, which FRR cannot take in a password")
	}
	return s, nil
}

// Text makes a text for people fit for the rest of a command line, in the form
// that FRR stores and shows: runs of blanks become one, control characters a
// blank, other characters that are not seen go, a | before a blank becomes a
// slash, and what is too long is cut. It may become empty.
func Text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Join(strings.FieldsFunc(Seen(s), blankOrControl), " ")
	s = strings.ReplaceAll(s, pipe, "/ ")
	for len(s) > maxText {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimSpace(s)
}

// Address checks an IP address that a router can have.
func Address(s string) (netip.Addr, error) {
	addr, err := PeerAddress(s)
	if err == nil && (addr.IsUnspecified() || addr.IsMulticast() || addr.IsLoopback()) {
		return netip.Addr{}, errors.New("must be a unicast address of another system")
	}
	return addr, err
}

// PeerAddress checks the address of a neighbor. Whether a system can have it is
// not checked: a neighbor that cannot be is no reason to refuse the others.
func PeerAddress(s string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return netip.Addr{}, errors.New("must be an IPv4 or IPv6 address")
	case addr.Is4In6():
		return netip.Addr{}, errors.New("must not be an IPv4-mapped IPv6 address")
	}
	if zone := addr.Zone(); zone != "" {
		if !addr.IsLinkLocalUnicast() && !addr.IsMulticast() {
			return netip.Addr{}, errors.New("may carry an interface only if it is link-local")
		}
		if _, err := Interface(zone); err != nil {
			return netip.Addr{}, fmt.Errorf("the interface after %% %w", err)
		}
	}
	return addr, nil
}

// Line checks a whole command line as vtysh reads it.
func Line(s string) error {
	switch {
	case len(s) > maxCommandLine:
		return fmt.Errorf("is %d bytes long; vtysh hangs on more than %d", len(s), maxCommandLine)
	case strings.ContainsFunc(s, control):
		return errors.New("contains a control character")
	case strings.Contains(s, pipe):
		return errors.New("contains a | before a blank, where FRR would cut it")
	}
	return nil
}

func firstUnseen(s string) string {
	i := strings.IndexFunc(s, Unseen)
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[i : i+size]
}

func control(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

func blankOrControl(r rune) bool { return unicode.IsSpace(r) || control(r) }
