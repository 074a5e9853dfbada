package gobgp

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// capabilities lists what a session can do in the order of the capabilities' codes (RFC 5492), as GoBGP does.
func (a *answerer) capabilities(of map[string]json.RawMessage) {
	for _, c := range []struct {
		frr, name string
		show      func(json.RawMessage)
	}{
		{"multiprotocolExtensions", "multiprotocol", a.families},
		{"routeRefresh", "route-refresh", nil},
		{"extendedNexthop", "extended-nexthop", nil},
		{"extendedMessage", "extended-message", nil},
		{"gracefulRestart", "graceful-restart", nil},
		{"4byteAs", "4-octet-as", nil},
		{"addPath", "add-path", a.addPath},
		{"enhancedRouteRefresh", "enhanced-route-refresh", nil},
		{"longLivedGracefulRestart", "long-lived-graceful-restart", nil},
		{"hostName", "fqdn", a.names},
		{"softwareVersion", "software-version", a.software},
	} {
		raw, ok := of[c.frr]
		if !ok {
			continue
		}
		if c.show != nil {
			c.show(raw)
			continue
		}
		var who text
		if json.Unmarshal(raw, &who) == nil {
			a.printf("    %s:\t%s\n", c.name, direction(string(who)))
		}
	}
}

// direction is "advertised and received" for FRR's "advertisedAndReceived", "advertisedAndReceivedOldNew" and so on.
func direction(frr string) string {
	advertised, received := strings.HasPrefix(frr, "advertised"), strings.Contains(strings.ToLower(frr), "received")
	switch {
	case advertised && received:
		return "advertised and received"
	case advertised:
		return "advertised"
	}
	return "received"
}

func (a *answerer) families(raw json.RawMessage) {
	var families map[string]map[string]json.RawMessage
	if json.Unmarshal(raw, &families) != nil || len(families) == 0 {
		return
	}
	a.printf("    multiprotocol:\n")
	for _, name := range slices.Sorted(maps.Keys(families)) {
		for who := range families[name] {
			a.printf("        %s:\t%s\n", familyName(name), direction(who))
			break
		}
	}
}

func (a *answerer) addPath(raw json.RawMessage) {
	var families map[string]map[string]bool
	if json.Unmarshal(raw, &families) != nil {
		return
	}
	var local, remote []string
	for _, name := range slices.Sorted(maps.Keys(families)) {
		f := families[name]
		line := func(receives, sends bool) string {
			switch {
			case receives && sends:
				return familyName(name) + ":\treceive/send"
			case receives:
				return familyName(name) + ":\treceive"
			case sends:
				return familyName(name) + ":\tsend"
			}
			return ""
		}
		if l := line(f["rxAdvertised"] || f["rxAdvertisedAndReceived"], f["txAdvertised"] || f["txAdvertisedAndReceived"]); l != "" {
			local = append(local, l)
		}
		if l := line(f["rxReceived"] || f["rxAdvertisedAndReceived"], f["txReceived"] || f["txAdvertisedAndReceived"]); l != "" {
			remote = append(remote, l)
		}
	}
	a.sides("add-path", local, remote)
}

func (a *answerer) names(raw json.RawMessage) {
	var n struct{ AdvHostName, AdvDomainName, RcvHostName, RcvDomainName text }
	if json.Unmarshal(raw, &n) != nil {
		return
	}
	side := func(host, domain text) []string {
		if host == "" || host == "n/a" {
			return nil
		}
		if domain == "n/a" {
			domain = ""
		}
		return []string{"name: " + string(host) + ", domain: " + string(domain)}
	}
	a.sides("fqdn", side(n.AdvHostName, n.AdvDomainName), side(n.RcvHostName, n.RcvDomainName))
}

func (a *answerer) software(raw json.RawMessage) {
	var s struct {
		Advertised text `json:"advertisedSoftwareVersion"`
		Received   text `json:"receivedSoftwareVersion"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return
	}
	side := func(version text) []string {
		if version == "" || version == "n/a" {
			return nil
		}
		return []string{string(version)}
	}
	a.sides("software-version", side(s.Advertised), side(s.Received))
}

// sides shows a capability that has a content on each side; nothing if on none.
func (a *answerer) sides(name string, local, remote []string) {
	who := []string{}
	if local != nil {
		who = append(who, "advertised")
	}
	if remote != nil {
		who = append(who, "received")
	}
	if len(who) == 0 {
		return
	}
	a.printf("    %s:\t%s\n", name, strings.Join(who, " and "))
	for _, side := range []struct {
		title string
		lines []string
	}{{"Local", local}, {"Remote", remote}} {
		if side.lines == nil {
			continue
		}
		a.printf("      %s:\n", side.title)
		for _, line := range side.lines {
			a.printf("         %s\n", line)
		}
	}
}
