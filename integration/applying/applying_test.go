//go:build linux

package main

import (
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// Each contender is brought there and back, and the router hears nothing that neither state asks for.
func TestMeasure(t *testing.T) {
	t.Parallel()
	none := state{declare(1, "top of rack", nil), nil}
	for _, v := range lab.Versions {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			rows := start(t, v).measure(change{"10 static routes", none, state{none.spec, vips(10)}}, 1, time.Minute, false)
			if len(rows) != 2 {
				t.Fatalf("%d rows", len(rows))
			}
			for _, r := range rows {
				if len(r.samples) != 1 || r.samples[0].total <= 0 || r.samples[0].differs != 0 || r.samples[0].harm != (harm{}) {
					t.Errorf("%s: %+v", r.by, r.samples)
				}
			}
		})
	}
}
