//go:build linux

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// churn adds and removes service addresses of a node, one after another with a pause, until the context ends. Whether the
// kernel takes them is its own business: kube-lb0 may be away.
func (n *node) churn(ctx context.Context, r *rand.Rand) {
	const services = 40
	for ctx.Err() == nil {
		address := fmt.Sprintf("10.9.%d.%d/32", n.id, 1+r.IntN(services))
		if r.IntN(4) == 0 {
			address = fmt.Sprintf("fd00:9:%d::%d/128", n.id, 1+r.IntN(services))
		}
		verb := []string{"replace", "del"}[r.IntN(2)]
		n.try("ip", "address", verb, address, "dev", kubeLB)
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(20+r.IntN(200)) * time.Millisecond):
		}
	}
}
