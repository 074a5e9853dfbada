package policy

// Community reads a community (RFC 1997) and returns it as FRR shows it: some
// by name.
func Community(s string) (string, error) {
	c, err := parseCommunity(s)
	return communityWord(c), err
}

// LargeCommunity reads a large community (RFC 8092) and returns it as FRR shows
// it.
func LargeCommunity(s string) (string, error) {
	text, _, err := parseLarge(s)
	return text, err
}
