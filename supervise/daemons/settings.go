package daemons

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/supervise/listen"
)

// settings are what a file daemons may say. The file is written by the agent's
// user, and daemons are started as root: an option that loads a module, names
// another user or another file would make that user root. So each option that is
// passed on is on a list, and its value is parsed and printed again.
type settings struct {
	bfdd bool
	// options are those of daemons, by name, without bgpd's -p and -l.
	options map[string][]string
	listen  listen.Options
}

const (
	// largestFile is how long a file daemons may be, mostAddresses how many
	// addresses it may have.
	largestFile   = 64 << 10
	mostAddresses = 256
	// mostDropped bounds what is said of a file that is full of nonsense.
	mostDropped = 20
)

// assignment is a line of the file daemons, which a shell reads on a machine:
// NAME=WORD or NAME="WORDS".
var assignment = regexp.MustCompile(`^[ \t]*([A-Za-z0-9_]+)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"';&|<>()$` + "`" + `\\]*))[ \t]*(?:#.*)?$`)

// declaredOptions is what the agent adds to the file where not all that is
// declared can be had now; it replaces bgpd_options here.
const declaredOptions = "k8frr_bgpd_options"

// readSettings reads a file daemons. dropped names what it says and is not on the
// list: no daemon is started with that.
func readSettings(file string) (s settings, dropped []string) {
	drop := func(format string, args ...any) {
		if len(dropped) < mostDropped {
			dropped = append(dropped, fmt.Sprintf(format, args...))
		}
	}
	s.options = map[string][]string{}
	values := map[string]string{}
	for line := range strings.Lines(file) {
		line = strings.TrimRight(line, "\r\n")
		if text := strings.TrimSpace(line); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		m := assignment.FindStringSubmatch(line)
		if m == nil {
			drop("%s", quoted(line))
			continue
		}
		name, value := m[1], m[2]+m[3]+m[4]
		switch {
		case ignored(name, value):
		case name == "bfdd" && (value == "yes" || value == "no"):
			values[name] = value
		case name == declaredOptions || slices.Contains(order, strings.TrimSuffix(name, "_options")) && strings.HasSuffix(name, "_options"):
			values[name] = value
		default:
			drop("%s", quoted(line))
		}
	}
	s.bfdd = values["bfdd"] == "yes"
	if declared, ok := values[declaredOptions]; ok {
		values["bgpd_options"] = declared
	}
	s.listen.Port = listen.DefaultPort
	for _, name := range order {
		words := strings.Fields(values[name+"_options"])
		for len(words) > 0 {
			n, ok := s.option(name, words)
			if !ok {
				drop("%s_options: %s", name, quoted(strings.Join(words[:n], " ")))
			}
			words = words[n:]
		}
	}
	return s, dropped
}

// ignored reports whether a setting of FRR's own file changes nothing here: which
// of the other daemons are started, none of which this program starts, and with
// which options.
func ignored(name, value string) bool {
	if name == "vtysh_enable" {
		return true
	}
	if value == "yes" || value == "no" {
		return name != "bfdd" && strings.HasSuffix(name, "d") && name == strings.ToLower(name)
	}
	daemon, isOptions := strings.CutSuffix(name, "_options")
	return isOptions && name != declaredOptions && strings.HasSuffix(daemon, "d") && daemon != "watchfrr" && !slices.Contains(order, daemon) &&
		(strings.TrimSpace(value) == "-A 127.0.0.1" || strings.TrimSpace(value) == "-A ::1")
}

// option reads an option of a daemon, which begins some words, and how many words
// it takes. It reports whether the option is on the list.
func (s *settings) option(daemon string, words []string) (n int, ok bool) {
	name, value := words[0], ""
	n = 1
	if len(words) > 1 {
		value, n = words[1], 2
	}
	switch {
	case name == "-A" && (value == "127.0.0.1" || value == "::1"): // of a terminal that is off
		s.options[daemon] = append(s.options[daemon], name, value)
		return n, true
	case name == "-s" && daemon == "zebra": // netlink's buffer
		size, err := strconv.ParseUint(value, 10, 31)
		if err != nil || size < 4096 {
			return n, false
		}
		s.options[daemon] = append(s.options[daemon], name, strconv.FormatUint(size, 10))
		return n, true
	case name == "-p" && daemon == "bgpd":
		port, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return n, false
		}
		s.listen.Port = uint16(port)
		return n, true
	case name == "-l" && daemon == "bgpd":
		a, err := netip.ParseAddr(value)
		if err != nil || a.Zone() != "" || len(s.listen.Addresses) >= mostAddresses {
			return n, false
		}
		if !slices.Contains(s.listen.Addresses, a) {
			s.listen.Addresses = append(s.listen.Addresses, a)
		}
		return n, true
	case strings.HasPrefix(value, "-"):
		n = 1 // the next option has a word of its own
	}
	return n, false
}

// quoted is a part of the file, shortened, without what a terminal would obey.
func quoted(text string) string {
	const most = 100
	text = strings.TrimSpace(text)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strconv.QuoteToASCII(text)
}
