package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
)

// parseAddresses turns IFACE=ADDR/LEN values into the interfaces that carry
// the addresses.
func parseAddresses(values []string) ([]render.Link, error) {
	var links []render.Link
	for _, value := range values {
		name, address, ok := strings.Cut(value, "=")
		if !ok {
			return nil, fmt.Errorf("--address %s: must be IFACE=ADDR/LEN, such as kube-lb0=192.0.2.1/32", value)
		}
		if _, err := token.Interface(name); err != nil {
			return nil, fmt.Errorf("--address %s: the interface %w", value, err)
		}
		prefix, err := netip.ParsePrefix(address)
		if err != nil {
			return nil, fmt.Errorf("--address %s: %q is not an address with its prefix length, such as 192.0.2.1/32", value, address)
		}
		i := slices.IndexFunc(links, func(l render.Link) bool { return l.Name == name })
		if i < 0 {
			i = len(links)
			links = append(links, render.Link{Name: name, Up: true})
		}
		links[i].Addresses = append(links[i].Addresses, render.Address{Prefix: prefix})
	}
	return links, nil
}
