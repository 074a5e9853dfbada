package gobgp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// What is asked for.
type What int

// What can be asked for: `gobgp neighbor`, `neighbor ADDRESS`, `neighbor ADDRESS adj-in`, `neighbor ADDRESS adj-out`,
// `global`, `global rib`, `global rib summary`.
const (
	Neighbors What = iota
	Neighbor
	AdjIn
	AdjOut
	Global
	RIB
	Summary
)

// Request is a command line of gobgp.
type Request struct {
	What What
	// Neighbor is the address of a neighbor, or the interface of an unnumbered one.
	Neighbor string
	// Family is "ipv4" or "ipv6".
	Family string
	// Prefix limits the answer to a prefix, or to the longest one that an address is in; Longer also to those within it.
	Prefix string
	Longer bool
	JSON   bool
	// Quiet lists the names of neighbors only.
	Quiet bool
}

// Usage says what works.
const Usage = `gobgp, answered by FRR. Supported commands:
  gobgp neighbor                          the sessions
  gobgp neighbor ADDRESS                  one of them, with its capabilities and counters
  gobgp neighbor ADDRESS adj-in|adj-out   routes that were accepted, or are sent
  gobgp global                            AS number and router ID
  gobgp global rib [PREFIX [longer-prefixes]] | summary
  with -a ipv4|ipv6, and -j for JSON; the flags --target, -u, -p and -d are accepted and have no effect.
`

// ErrHelp is returned for a request for help.
var ErrHelp = errors.New("help was asked for")

// Parse reads a command line, without the name of the program. Words may be shortened as GoBGP allows it.
func Parse(args []string) (Request, error) {
	var r Request
	var family string
	var none string
	var help, nothing bool
	c := &cobra.Command{}
	f := c.Flags()
	f.BoolVarP(&r.JSON, "json", "j", false, "")
	f.BoolVarP(&r.Quiet, "quiet", "q", false, "")
	f.StringVarP(&family, "address-family", "a", "", "")
	f.BoolVarP(&help, "help", "h", false, "")
	for _, flag := range []struct{ name, short string }{{"host", "u"}, {"port", "p"}, {"target", ""}, {"batch-size", "b"},
		{"pprof-port", "r"}, {"tls-client-cert-file", ""}, {"tls-client-key-file", ""}, {"tls-ca-file", ""}} {
		f.StringVarP(&none, flag.name, flag.short, "", "")
	}
	f.BoolVarP(&nothing, "debug", "d", false, "")
	f.BoolVar(&nothing, "tls", false, "")
	if err := f.Parse(args); err != nil {
		return Request{}, fmt.Errorf("%s: see `gobgp --help`", Text(err.Error()))
	}
	if help || f.NArg() == 0 {
		return Request{}, ErrHelp
	}
	words := f.Args()
	err := r.words(words)
	if err != nil {
		return Request{}, err
	}
	if r.Family, err = familyOf(family, r.Neighbor, r.Prefix); err != nil {
		return Request{}, err
	}
	return r, nil
}

func (r *Request) words(words []string) error {
	switch first, rest := words[0], words[1:]; {
	case short(first, "neighbor"):
		return r.neighborWords(rest)
	case short(first, "global"):
		return r.globalWords(rest)
	case short(first, "help"):
		return ErrHelp
	}
	return unsupported(words)
}

func (r *Request) neighborWords(words []string) error {
	if len(words) == 0 {
		r.What = Neighbors
		return nil
	}
	if !isName(words[0]) {
		return unsupported(append([]string{"neighbor"}, words...))
	}
	r.What, r.Neighbor = Neighbor, words[0]
	if addr, err := netip.ParseAddr(words[0]); err == nil {
		r.Neighbor = addr.WithZone("").String()
	}
	if len(words) == 1 {
		return nil
	}
	switch {
	case short(words[1], "adj-in") && len(words[1]) > 4:
		r.What = AdjIn
	case short(words[1], "adj-out") && len(words[1]) > 4:
		r.What = AdjOut
	default:
		return unsupported(append([]string{"neighbor"}, words...))
	}
	return r.prefixWords(words[2:])
}

func (r *Request) globalWords(words []string) error {
	switch {
	case len(words) == 0:
		r.What = Global
		return nil
	case !short(words[0], "rib"):
		return unsupported(append([]string{"global"}, words...))
	case len(words) > 1 && short(words[1], "summary"):
		r.What = Summary
		return nil
	}
	r.What = RIB
	return r.prefixWords(words[1:])
}

func (r *Request) prefixWords(words []string) error {
	if len(words) == 0 {
		return nil
	}
	if words[0] == "add" || words[0] == "del" {
		return fmt.Errorf("routes cannot be added or removed manually here: addresses of the import interfaces become routes, and FRR's configuration is k8frr's")
	}
	prefix, err := netip.ParsePrefix(words[0])
	if err != nil {
		addr, err := netip.ParseAddr(words[0])
		if err != nil || addr.Zone() != "" {
			return fmt.Errorf("%s is neither a prefix nor an address", Text(words[0]))
		}
		r.Prefix = addr.String()
	} else {
		r.Prefix = prefix.Masked().String()
	}
	switch {
	case len(words) == 1:
		return nil
	case words[1] == "longer-prefixes" && len(words) == 2 && strings.Contains(r.Prefix, "/"):
		r.Longer = true
		return nil
	}
	return unsupported(words[1:])
}

// unsupported says what to do instead.
func unsupported(words []string) error {
	line := Text(strings.Join(words, " "))
	if len(line) > 80 {
		line = strings.ToValidUTF8(line[:80], "") + " …"
	}
	return fmt.Errorf("`gobgp %s` cannot be answered from FRR. These can: neighbor, neighbor ADDRESS [adj-in|adj-out], global, global rib [PREFIX]. "+
		"For anything else ask FRR itself, in its container: vtysh -c 'show bgp …'. Policies, VRFs and peers are in the BGPConfiguration: k8frr render shows what becomes of it", line)
}

// short reports whether a word is a name, or the beginning of it.
func short(word, name string) bool { return word != "" && strings.HasPrefix(name, word) }

// familyOf is the family that a request is about: the one that is asked for, or that of the prefix, or that of the
// neighbor, or IPv4.
func familyOf(asked, neighbor, prefix string) (string, error) {
	switch asked {
	case "ipv4", "v4", "4", "ipv4-unicast":
		return "ipv4", agrees(prefix, true)
	case "ipv6", "v6", "6", "ipv6-unicast":
		return "ipv6", agrees(prefix, false)
	case "":
		if addr, err := netip.ParseAddr(neighbor); prefix == "" && err == nil && addr.Is6() || strings.Contains(prefix, ":") {
			return "ipv6", nil
		}
		return "ipv4", nil
	}
	return "", fmt.Errorf("the family %s is not ipv4 or ipv6; for others ask FRR itself, in its container: vtysh -c 'show bgp …'", Text(asked))
}

func agrees(prefix string, is4 bool) error {
	if prefix != "" && strings.Contains(prefix, ":") == is4 {
		return fmt.Errorf("%s is not of the family that is asked for", prefix)
	}
	return nil
}

// isName reports whether a word can be the name of a neighbor: an address, or an interface (at most 15 bytes, and in FRR's
// commands neither blanks nor what begins an option).
func isName(word string) bool {
	if addr, err := netip.ParseAddr(word); err == nil {
		return addr.Zone() == "" || isInterface(addr.Zone())
	}
	return isInterface(word)
}

func isInterface(word string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@:"
	reserved := []string{"add", "del", "softresetin", "softresetout", "softreset", "reset", "shutdown", "enable", "disable", "json"}
	return word != "" && len(word) <= 15 && strings.Trim(word, allowed) == "" && word[0] != '-' && !slices.Contains(reserved, word)
}
