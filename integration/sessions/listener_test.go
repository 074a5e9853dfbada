//go:build linux

package sessions

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// ear is a listener.
type ear struct{ *listener.Listener }

func (e ear) session(_ context.Context, peer string) (bool, string, error) {
	address, err := netip.ParseAddr(peer)
	return slices.Contains(e.Established(), address), e.story(), err
}

// story is all that was heard.
func (e ear) story() string { return told(e.Events()) }

func told(events []listener.Event) string {
	var lines []string
	for _, event := range events {
		lines = append(lines, event.String())
	}
	return strings.Join(lines, "\n")
}

func (e ear) paths(_ context.Context, prefix netip.Prefix) ([]attributes, error) {
	var paths []attributes
	for _, peer := range e.Established() {
		r, ok := e.From(peer).Announced()[prefix]
		if !ok {
			continue
		}
		a := attributes{
			"from":           peer.String(),
			"nexthop":        r.NextHop.String(),
			"origin":         origins[r.Origin],
			"med":            optional(r.MED),
			"localpref":      optional(r.LocalPref),
			"community":      strings.Join(r.Communities, ","),
			"largecommunity": strings.Join(r.LargeCommunities, ","),
		}
		for _, attribute := range r.Attributes {
			var words []string
			switch attribute := attribute.(type) {
			case *bgp.PathAttributeAsPath:
				for _, s := range attribute.Value {
					words = append(words, segment(s.GetType(), s.GetAS()))
				}
				a["as"] = strings.Join(words, ",")
			case *bgp.PathAttributeExtendedCommunities:
				for _, c := range attribute.Value {
					words = append(words, c.String())
				}
				a["extcommunity"] = strings.Join(words, ",")
			case *bgp.PathAttributeOriginatorId:
				a["originator"] = attribute.Value.String()
			case *bgp.PathAttributeClusterList:
				for _, id := range attribute.Value {
					words = append(words, id.String())
				}
				a["cluster"] = strings.Join(words, ",")
			}
		}
		paths = append(paths, a)
	}
	return paths, nil
}

// announce is: announce HOST PREFIX ATTRIBUTE=VALUE …
func (s *scenario) announce(ts *testscript.TestScript, args []string) {
	a := readAttributes(ts, args[2:], "as nexthop med localpref community largecommunity")
	r := listener.Route{Prefix: parsePrefix(ts, args[1])}
	for name, value := range a {
		list := strings.Split(value, ",")
		switch name {
		case "as":
			for _, n := range list {
				r.ASPath = append(r.ASPath, number(ts, n))
			}
		case "nexthop":
			r.NextHop = parseAddr(ts, value)
		case "med":
			n := number(ts, value)
			r.MED = &n
		case "localpref":
			n := number(ts, value)
			r.LocalPref = &n
		case "community":
			r.Communities = list
		case "largecommunity":
			r.LargeCommunities = list
		}
	}
	ts.Check(s.ear(ts, args[0]).Announce(r))
}

// withdraw is: withdraw HOST PREFIX …
func (s *scenario) withdraw(ts *testscript.TestScript, args []string) {
	for _, prefix := range args[1:] {
		ts.Check(s.ear(ts, args[0]).Withdraw(parsePrefix(ts, prefix)))
	}
}

func (s *scenario) ear(ts *testscript.TestScript, host string) ear {
	e, ok := s.speakers[host].(ear)
	if !ok {
		ts.Fatalf("%s is no listener", host)
	}
	return e
}

// hear is: hear HOST WHAT …
func (s *scenario) hear(ts *testscript.TestScript, args []string) observation {
	e, what := s.ear(ts, args[0]), strings.Join(args[1:], " ")
	return func(context.Context) (bool, string, error) {
		story := told(e.Since(s.applied[args[0]]))
		return strings.Contains(story+"\n", what), story, nil
	}
}

// open is: open HOST PEER ATTRIBUTE=VALUE …
func (s *scenario) open(ts *testscript.TestScript, args []string) observation {
	e, peer := s.ear(ts, args[0]), parseAddr(ts, args[1])
	want := readAttributes(ts, args[2:], "asn hold id families nexthop addpaths restart software")
	return func(context.Context) (bool, string, error) {
		for _, event := range slices.Backward(e.From(peer).Events()) {
			if event.Kind == listener.Established {
				said := readOpen(event.Open)
				return said.have(want), said.String(), nil
			}
		}
		return false, e.story(), nil
	}
}

// readOpen is what an OPEN says (RFC 4271, section 4.2, and the capabilities of RFC 5492).
func readOpen(open *bgp.BGPOpen) attributes {
	a := attributes{"asn": strconv.Itoa(int(open.MyAS)), "hold": strconv.Itoa(int(open.HoldTime)), "id": open.ID.String()}
	lists := map[string][]string{}
	add := func(name, value string) { lists[name] = append(lists[name], value) }
	for _, parameter := range open.OptParams {
		capabilities, ok := parameter.(*bgp.OptionParameterCapability)
		if !ok {
			continue
		}
		for _, c := range capabilities.Capability {
			switch c := c.(type) {
			case *bgp.CapFourOctetASNumber:
				a["asn"] = strconv.FormatUint(uint64(c.CapValue), 10)
			case *bgp.CapMultiProtocol:
				add("families", c.CapValue.String())
			case *bgp.CapExtendedNexthop:
				for _, t := range c.Tuples {
					add("nexthop", bgp.AfiSafiToRouteFamily(t.NLRIAFI, uint8(t.NLRISAFI)).String())
				}
			case *bgp.CapAddPath:
				for _, t := range c.Tuples {
					add("addpaths", t.RouteFamily.String()+" "+t.Mode.String())
				}
			case *bgp.CapGracefulRestart:
				add("restart", fmt.Sprintf("%ds", c.Time))
				for _, t := range c.Tuples {
					add("restart", bgp.AfiSafiToRouteFamily(t.AFI, t.SAFI).String())
				}
			case *bgp.CapSoftwareVersion: // its own field lacks the last character
				a["software"] = string(c.CapValue[1:])
			}
		}
	}
	for name, list := range lists {
		a[name] = strings.Join(list, ",")
	}
	return a
}
